// A web app on Express and passport-openidconnect, as its README shows it.
const crypto = require('node:crypto')
const express = require('express')
const session = require('express-session')
const passport = require('passport')
const OpenIDConnectStrategy = require('passport-openidconnect')

const { PORT, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = process.env
const app = express()
app.use(session({ secret: crypto.randomUUID(), resave: false, saveUninitialized: false, cookie: { sameSite: 'lax', httpOnly: true } }))

const accounts = new Map()
const account = (iss, sub) => {
  const key = `${iss} ${sub}`
  if (!accounts.has(key)) accounts.set(key, `account-${accounts.size + 1}`)
  return accounts.get(key)
}

passport.use(new OpenIDConnectStrategy({
  issuer: OIDC_ISSUER,
  authorizationURL: `${OIDC_ISSUER}/authorize`,
  tokenURL: `${OIDC_ISSUER}/token`,
  userInfoURL: `${OIDC_ISSUER}/userinfo`,
  clientID: OIDC_CLIENT_ID,
  clientSecret: OIDC_CLIENT_SECRET,
  callbackURL: `http://127.0.0.1:${PORT}/callback`,
  scope: ['profile', 'email'],
}, (issuer, profile, done) => done(null, {
  account: account(issuer, profile.id), iss: issuer, sub: profile.id, name: profile.displayName, email: profile.emails?.[0]?.value,
})))
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))
app.use(passport.authenticate('session'))

app.get('/', (req, res) => res.send('<!doctype html><title>Example</title><p>Welcome. <a href="/login">Sign in</a></p>'))
app.get('/healthz', (req, res) => res.send('well'))
app.get('/login', passport.authenticate('openidconnect'))
app.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/', failureRedirect: '/failed' }))
app.get('/failed', (req, res) => res.status(403).send('<!doctype html><title>Example</title><p>That failed. <a href="/login">Try again</a></p>'))
app.get('/me', (req, res) => req.user ? res.json({ signed_in: true, ...req.user }) : res.status(401).json({ signed_in: false }))
app.post('/logout', (req, res, next) => req.logout(error => error ? next(error) : res.redirect('/')))

app.use((error, req, res, next) => {
  console.error(error)
  res.redirect('/failed')
})
app.listen(PORT, '127.0.0.1')
