import settings from './settings.js'
import { begin, leave, renewed, steps } from './step.js'

const page = location.origin + location.pathname
const client = await msal.createStandardPublicClientApplication({
  auth: { clientId: settings.clientID, authority: settings.authority, redirectUri: location.origin + '/msal-browser-callback.html', postLogoutRedirectUri: page },
})
const request = { scopes: settings.scope.split(' ') }
// handleRedirectPromise comes first on every page, whether or not a redirect ends there.
let came, failed
try { came = await client.handleRedirectPromise() } catch (e) { failed = e }

const signedIn = result => {
  client.setActiveAccount(result.account)
  return `signed in as ${result.account.username}`
}

steps({
  'sign-in': () => { leave('sign-in'); return client.loginRedirect(request) },
  'popup': async () => signedIn(await client.loginPopup(request)),
  'frame': async () => signedIn(await client.ssoSilent({ ...request, loginHint: settings.loginHint })),
  'refresh': async () => {
    const before = await client.acquireTokenSilent(request)
    const after = await client.acquireTokenSilent({ ...request, forceRefresh: true })
    return renewed(before.accessToken, after.accessToken)
  },
  // Without an account there is no logout_hint and no id_token_hint: only post_logout_redirect_uri is sent.
  'sign-out': () => { leave('sign-out'); return client.logoutRedirect() },
})

await begin('@azure/msal-browser', {
  'sign-in': () => { if (failed) throw failed; return signedIn(came) },
  'sign-out': () => `signed out, ${client.getAllAccounts().length} accounts`,
})
