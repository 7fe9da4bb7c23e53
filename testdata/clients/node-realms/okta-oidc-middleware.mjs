import express from 'express'
import session from 'express-session'
import okta from '@okta/oidc-middleware'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, browse, page, play, say, within } from './case.mjs'

async function pages(url) {
  const oidc = new okta.ExpressOIDC({
    issuer: ISSUER, client_id: CLIENT_ID, client_secret: CLIENT_SECRET, appBaseUrl: url, scope: 'openid profile email',
    routes: { loginCallback: { afterCallback: '/me' }, logoutCallback: { path: '/bye' } }, testing: { disableHttpsCheck: true },
  })
  const app = express()
  app.use(session({ secret: 's', resave: true, saveUninitialized: false }))
  app.use(oidc.router)
  app.get('/me', oidc.ensureAuthenticated(), (r, w) => w.send(r.userContext.userinfo.email))
  app.get('/out', oidc.forceLogoutAndRevoke())
  app.get('/bye', (r, w) => w.send('bye'))
  app.use((e, r, w, next) => w.status(500).send([e.message, e.error].join(' ')))
  await new Promise((resolve, reject) => oidc.on('ready', resolve).on('error', reject))
  return app
}

const me = () => within(pages, url => page(`${url}/login`))

await play('@okta/oidc-middleware', {
  'sign-in': async () => say('signed in as', await me()),
  denial: me,
  tampered: me,
  'sign-out': () => within(pages, async url => {
    await page(`${url}/login`)
    const left = await page(`${url}/out`)
    if (left !== 'bye') throw new Error(left)
    const { status } = await browse(`${url}/me`)
    if (status !== 401) throw new Error(`/me answers ${status} to nobody`)
    say('signed out')
  }),
})
