// A web app on Express and openid-client, as its documentation shows it.
import crypto from 'node:crypto'
import express from 'express'
import session from 'express-session'
import * as client from 'openid-client'

const { PORT, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, API_URL } = process.env
const base = `http://127.0.0.1:${PORT}`
const app = express()
app.use(express.urlencoded({ extended: false }))
app.use(session({ secret: crypto.randomUUID(), resave: false, saveUninitialized: false, cookie: { sameSite: 'lax', httpOnly: true } }))

let found
const provider = async () => {
  found ??= await client.discovery(new URL(OIDC_ISSUER), OIDC_CLIENT_ID, undefined, client.ClientSecretBasic(OIDC_CLIENT_SECRET), { execute: OIDC_ISSUER.startsWith('http:') ? [client.allowInsecureRequests] : [] })
  return found
}

const accounts = new Map()
const account = (iss, sub) => {
  const key = `${iss} ${sub}`
  if (!accounts.has(key)) accounts.set(key, `account-${accounts.size + 1}`)
  return accounts.get(key)
}

app.get('/', (req, res) => res.send('<!doctype html><title>Example</title><p>Welcome. <a href="/login">Sign in</a></p>'))
app.get('/healthz', (req, res) => res.send('well'))

app.get('/login', async (req, res) => {
  const config = await provider()
  const code_verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  req.session.login = { code_verifier, state, nonce }
  res.redirect(client.buildAuthorizationUrl(config, {
    redirect_uri: `${base}/callback`, scope: 'openid profile email offline_access', state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(code_verifier), code_challenge_method: 'S256',
  }).href)
})

app.get('/callback', async (req, res) => {
  const login = req.session.login
  delete req.session.login
  const config = await provider()
  const tokens = await client.authorizationCodeGrant(config, new URL(req.originalUrl, base), {
    pkceCodeVerifier: login?.code_verifier, expectedState: login?.state, expectedNonce: login?.nonce, idTokenExpected: true,
  })
  const claims = tokens.claims()
  const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
  await new Promise((done, failed) => req.session.regenerate(e => e ? failed(e) : done()))
  req.session.user = { account: account(claims.iss, claims.sub), iss: claims.iss, sub: claims.sub, email: info.email ?? claims.email, name: info.name ?? claims.name }
  req.session.tokens = { access: tokens.access_token, refresh: tokens.refresh_token, expires: Date.now() + (tokens.expiresIn() ?? 3600) * 1000 }
  res.redirect('/')
})

app.get('/me', (req, res) => {
  if (!req.session.user) return res.status(401).json({ signed_in: false })
  res.json({ signed_in: true, ...req.session.user })
})

app.get('/api', async (req, res) => {
  const held = req.session.tokens
  if (!held) return res.status(401).json({ error: 'nobody is signed in' })
  const config = await provider()
  if (held.expires <= Date.now() && held.refresh) {
    const tokens = await client.refreshTokenGrant(config, held.refresh)
    req.session.tokens = { access: tokens.access_token, refresh: tokens.refresh_token ?? held.refresh, expires: Date.now() + (tokens.expiresIn() ?? 3600) * 1000 }
  }
  const answer = await client.fetchProtectedResource(config, req.session.tokens.access, new URL(API_URL), 'GET')
  res.status(answer.status).json({ status: answer.status })
})

app.post('/logout', async (req, res) => {
  await new Promise(done => req.session.destroy(done))
  res.redirect('/')
})

app.use((error, req, res, next) => {
  console.error(error)
  res.status(error.status >= 400 && error.status < 500 ? error.status : 403).send('<!doctype html><title>Example</title><p>That failed. <a href="/login">Try again</a></p>')
})
app.listen(PORT, '127.0.0.1')
