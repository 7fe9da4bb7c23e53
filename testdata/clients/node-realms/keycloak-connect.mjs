import express from 'express'
import session from 'express-session'
import Keycloak from 'keycloak-connect'
import { ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, browse, issuer, page, play, say, within } from './case.mjs'

const config = {
  realm: issuer.pathname.split('/').at(-1), 'auth-server-url': issuer.href.replace(/\/realms\/.*/, '/'),
  resource: CLIENT_ID, credentials: { secret: CLIENT_SECRET }, 'confidential-port': 0, 'ssl-required': 'none',
}

// The pages of the app are for whoever is signed in, has a role of the realm, or one of
// the client.
function pages() {
  const store = new session.MemoryStore()
  const keycloak = new Keycloak({ store, scope: 'email' }, config)
  const app = express()
  app.use(session({ secret: 's', resave: false, saveUninitialized: true, store }))
  app.use(keycloak.middleware({ logout: '/logout' }))
  for (const [path, role] of [['/me'], ['/staff', 'realm:staff'], ['/editors', 'editor'], ['/nobody', 'realm:nobody']]) {
    app.get(path, keycloak.protect(role), (r, w) => w.send(r.kauth.grant.access_token.content.email))
  }
  app.get('/bye', (r, w) => w.send('bye'))
  return app
}

await play('keycloak-connect', {
  'sign-in': () => within(pages, async url => {
    const who = await page(`${url}/me`)
    for (const path of ['/staff', '/editors']) await page(`${url}${path}`)
    const refused = await browse(`${url}/nobody`, () => false)
    if (refused.status !== 403) throw new Error(`a role that nobody has: ${refused.status}`)
    say('signed in as', who)
  }),
  denial: () => within(pages, url => page(`${url}/me`)),
  tampered: () => within(pages, url => page(`${url}/me`)),
  'sign-out': () => within(pages, async url => {
    await page(`${url}/me`)
    const left = await page(`${url}/logout?redirect_url=${encodeURIComponent(`${url}/bye`)}`)
    if (left !== 'bye') throw new Error(left)
    say('signed out')
  }),
  token: async () => {
    const grant = await new Keycloak({}, config).grantManager.obtainFromClientCredentials()
    say('given to', grant.access_token.content.preferred_username)
  },
  refresh: async () => {
    const { grantManager } = new Keycloak({}, config)
    const grant = await grantManager.obtainDirectly('alice', 'secret')
    const before = grant.access_token.token
    grant.access_token.content.exp = 0
    const fresh = await grantManager.ensureFreshness(grant)
    if (fresh.access_token.token === before) throw new Error('the same access token')
    say('refreshed')
  },
  userinfo: async () => {
    const { grantManager } = new Keycloak({}, config)
    const grant = await grantManager.obtainDirectly('alice', 'secret', undefined, 'openid email')
    say('signed in as', (await grantManager.userInfo(grant.access_token)).email)
  },
  verify: async () => {
    const { grantManager } = new Keycloak({}, { ...config, 'bearer-only': true })
    const grant = await grantManager.createGrant({ access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 300 })
    if (!grant.access_token.hasRealmRole('offline_access')) throw new Error('no roles')
    if (!await grantManager.validateAccessToken(ACCESS_TOKEN)) throw new Error('introspection says that it is not active')
    say('given to', grant.access_token.content.preferred_username)
  },
})
