// An Express app that signs in through Auth.js and its own providers, as their
// documentation has it; with the one whose client is in the environment.
import crypto from 'node:crypto'
import express from 'express'
import { Auth, skipCSRFCheck } from '@auth/core'
import { getToken } from '@auth/core/jwt'
import { ExpressAuth } from '@auth/express'

const providers = {
  google: { id: 'google', api: 'https://openidconnect.googleapis.com/v1/userinfo' },
  github: { id: 'github', api: 'https://api.github.com/user' },
  microsoft: { id: 'microsoft-entra-id', api: 'https://graph.microsoft.com/v1.0/me' },
  apple: { id: 'apple', api: 'https://appleid.apple.com/auth/token', refresh: true },
  gitlab: { id: 'gitlab', api: 'https://gitlab.com/api/v4/user' },
  slack: { id: 'slack', api: 'https://slack.com/api/openid.connect.userInfo' },
  discord: { id: 'discord', api: 'https://discord.com/api/users/@me' },
}
const name = Object.keys(providers).find(name => process.env[`${name.toUpperCase()}_CLIENT_ID`])
const provider = providers[name]
const { default: Provider } = await import(`@auth/express/providers/${provider.id}`)
const baseUrl = setting('BASE_URL')
const options = {
  clientId: setting('CLIENT_ID'),
  clientSecret: setting('CLIENT_SECRET'),
  // What is not set stays as the provider has it.
  ...baseUrl && { baseUrl, enterprise: { baseUrl } }, // GitLab's name for it, and GitHub's
  ...setting('ISSUER') && { issuer: setting('ISSUER') },
  ...setting('AUTHORIZE_URL') && { authorization: { url: setting('AUTHORIZE_URL') } },
  ...setting('TOKEN_URL') && { token: setting('TOKEN_URL') },
  ...setting('USERINFO_URL') && { userinfo: setting('USERINFO_URL') },
}
// Its own asks graph.microsoft.com for a photo, wherever the issuer is.
if (name === 'microsoft') options.profile = ({ sub, name, email }) => ({ id: sub, name, email })

const config = {
  basePath: '/auth',
  secret: crypto.randomUUID(),
  trustHost: true,
  pages: { signIn: '/refused', error: '/refused' },
  providers: [Provider(options)],
  callbacks: {
    jwt: ({ token, account }) => account ? { ...token, access: account.access_token, refresh: account.refresh_token } : token,
  },
}
const app = express()
app.use('/auth', ExpressAuth(config))

app.get('/', async (req, res) => {
  const user = await getToken({ req, secret: config.secret, secureCookie: req.secure })
  if (!user) return res.send(`<p><a href="/login">Sign in with ${name}</a>`)
  const why = await refusal(user)
  if (why) {
    await act(req, res, 'signout')
    return res.send(`<p>Please sign in again: ${text(why)} <a href="/login">Sign in with ${name}</a>`)
  }
  res.send(`<p>Signed in as: ${text(user.name)}, ${text(user.email)} <a href="/logout">Sign out</a>`)
})
app.get('/login', async (req, res) => res.redirect(await act(req, res, `signin/${provider.id}`)))
app.get('/logout', async (req, res) => res.redirect(await act(req, res, 'signout')))
app.get('/refused', (req, res) => res.send(`<p>Access denied: ${text(req.query.error)} <a href="/login">Try again</a>`))

const server = app.listen(process.env.PORT ?? 5000, '127.0.0.1', () => console.error(`Running on http://127.0.0.1:${server.address().port}`))

// act does what a button of Auth.js's own pages does, and returns where that leads.
async function act(req, res, action) {
  const answer = await Auth(new Request(`${req.protocol}://${req.get('host')}/auth/${action}`, {
    method: 'POST',
    headers: { cookie: req.headers.cookie ?? '' },
    body: new URLSearchParams({ callbackUrl: '/' }),
  }), { ...config, skipCSRFCheck })
  for (const cookie of answer.headers.getSetCookie()) res.append('Set-Cookie', cookie)
  return answer.headers.get('Location')
}

// refusal is what the provider says of a token that is good no more. Apple, which
// has no API, tells by the refresh token.
async function refusal({ access, refresh }) {
  const answer = await fetch(setting('API_URL') ?? provider.api, provider.refresh
    ? { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh, client_id: options.clientId, client_secret: options.clientSecret }) }
    : { headers: { Authorization: `Bearer ${access}` } })
  const said = await answer.json()
  if (answer.ok && said.ok !== false) return // Slack refuses with 200
  return said.error?.message ?? said.error_description ?? said.message ?? said.error
}

function setting(what) {
  return process.env[`${name.toUpperCase()}_${what}`]
}

function text(words) {
  return String(words).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)
}
