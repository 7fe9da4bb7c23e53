import settings from './settings.js'
import { begin, leave, payload, renewed, steps } from './step.js'

const page = location.origin + location.pathname
const client = new auth0.Auth0Client({
  domain: settings.domain,
  clientId: settings.clientID,
  useRefreshTokens: settings.refreshTokens ?? false,
  authorizationParams: { redirect_uri: page, audience: settings.audience, scope: settings.scope },
})

async function renew() {
  const before = (await client.getTokenSilently({ detailedResponse: true, cacheMode: 'cache-only' }))?.access_token
  const { access_token } = await client.getTokenSilently({ detailedResponse: true, cacheMode: 'off' })
  return renewed(before, access_token)
}

steps({
  'sign-in': () => { leave('sign-in'); return client.loginWithRedirect() },
  'popup': async () => { await client.loginWithPopup(); return `signed in as ${(await client.getUser()).email}` },
  'frame': renew,
  'refresh': renew,
  'audience': async () => [payload(await client.getTokenSilently())?.aud].flat().join(' '),
  'sign-out': () => { leave('sign-out'); return client.logout({ logoutParams: { returnTo: page } }) },
})

await begin('@auth0/auth0-spa-js', {
  'sign-in': async () => { await client.handleRedirectCallback(); return `signed in as ${(await client.getUser()).email}` },
  'sign-out': async () => `signed out, ${await client.isAuthenticated()}`,
})
