// An Express app that signs in with Google, GitHub or Facebook through the
// strategies of Passport, as their READMEs have it; the one whose client is in
// the environment.
const crypto = require('node:crypto')
const express = require('express')
const session = require('express-session')
const passport = require('passport')

const strategies = {
  google: { of: 'passport-google-oauth20', scope: ['profile', 'email'] },
  github: { of: 'passport-github2', scope: ['user:email'] },
  facebook: { of: 'passport-facebook', scope: ['email'], profileFields: ['id', 'displayName', 'emails'] },
}
const provider = Object.keys(strategies).find(name => setting(name, 'CLIENT_ID'))
const { of, ...options } = strategies[provider]
const { Strategy } = require(of)
const strategy = new Strategy({
  ...options,
  clientID: setting(provider, 'CLIENT_ID'),
  clientSecret: setting(provider, 'CLIENT_SECRET'),
  callbackURL: '/login/authorized',
  state: true,
  // What is not set stays as the strategy has it.
  authorizationURL: setting(provider, 'AUTHORIZE_URL'),
  tokenURL: setting(provider, 'ACCESS_TOKEN_URL'),
  userProfileURL: setting(provider, 'PROFILE_URL'),
  profileURL: setting(provider, 'PROFILE_URL'), // Facebook's name for it
  userEmailURL: setting(provider, 'EMAIL_URL'),
}, (accessToken, refreshToken, profile, done) => done(null, { id: profile.id, token: accessToken }))

passport.use(strategy)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))

const app = express()
app.use(session({ secret: crypto.randomUUID(), resave: false, saveUninitialized: false, cookie: { sameSite: 'lax', httpOnly: true } }))
app.use(passport.authenticate('session'))

app.get('/', (req, res, next) => {
  if (!req.user) return res.send(`<p><a href="/login">Sign in with ${provider}</a>`)
  strategy.userProfile(req.user.token, (error, profile) => {
    if (error) return req.logout(failed => failed ? next(failed) : res.send(`<p>Please sign in again: ${text(reason(error))} <a href="/login">Sign in with ${provider}</a>`))
    res.send(`<p>Signed in as: ${text(profile.displayName)}, ${text(profile.emails?.[0].value ?? 'no address')} <a href="/logout">Sign out</a>`)
  })
})
app.get('/login', passport.authenticate(provider))
app.get('/login/authorized', (req, res, next) => passport.authenticate(provider, (error, user, info) => {
  if (error) return next(error)
  if (!user) return res.send(`Access denied: reason=${text(info.message)} error=${text(req.query.error)}`)
  req.logIn(user, failed => failed ? next(failed) : res.redirect('/'))
})(req, res, next))
app.get('/logout', (req, res, next) => req.logout(error => error ? next(error) : res.redirect('/')))

app.use((error, req, res, next) => {
  console.error(error)
  res.status(502).send(`<p>${provider} refused: ${text(reason(error))} <a href="/login">Try again</a>`)
})

const server = app.listen(process.env.PORT ?? 5000, '127.0.0.1', () => console.error(`Running on http://127.0.0.1:${server.address().port}`))

function setting(name, what) {
  return process.env[`${name.toUpperCase()}_${what}`]
}

// reason is what the provider said; the strategy for GitHub keeps it unread.
function reason(error) {
  const said = error.oauthError?.data
  return said ? JSON.parse(said).message : error.message
}

function text(words) {
  return String(words).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)
}
