import express from 'express'
import eoidc from 'express-openid-connect'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, browse, page, play, say, within } from './case.mjs'

// logout tells whether the app signs out at /v2/logout, or as the metadata say.
const pages = auth0Logout => url => {
  const app = express()
  app.use(eoidc.auth({
    issuerBaseURL: ISSUER, baseURL: url, clientID: CLIENT_ID, clientSecret: CLIENT_SECRET, secret: 'a-secret-of-at-least-thirty-two-bytes',
    authRequired: false, idpLogout: true, auth0Logout,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
  }))
  const requires = eoidc.requiresAuth()
  app.get('/me', requires, (r, w) => w.send(r.oidc.user.email))
  app.get('/userinfo', requires, async (r, w) => w.send((await r.oidc.fetchUserInfo()).email))
  app.get('/refresh', requires, async (r, w) => w.send((await r.oidc.accessToken.refresh()).access_token))
  app.get('/', (r, w) => w.send(r.oidc.isAuthenticated() ? 'in' : 'out'))
  app.use((e, r, w, next) => w.status(e.status ?? 500).send([e.message, e.error, e.error_description].join(' ')))
  return app
}

const at = path => within(pages(true), url => page(`${url}${path}`))

await play('express-openid-connect', {
  'sign-in': async () => say('signed in as', await at('/me')),
  userinfo: async () => say('signed in as', await at('/userinfo')),
  denial: () => at('/me'),
  tampered: () => at('/me'),
  refresh: async () => {
    await at('/refresh')
    say('refreshed')
  },
  'sign-out': () => within(pages(true), async url => {
    await page(`${url}/me`)
    const left = []
    await browse(`${url}/logout`, at => { left.push(at); return false })
    if (!left.some(at => at.includes('/v2/logout')) || !left.at(-1).startsWith(url) || await page(`${url}/`) !== 'out') throw new Error(left.join(' '))
    say('signed out')
  }),
})
