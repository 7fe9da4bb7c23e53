import settings from './settings.js'
import { begin, leave, renewed, steps } from './step.js'

const page = location.origin + location.pathname
const okta = new OktaAuth({
  issuer: settings.issuer,
  clientId: settings.clientID,
  redirectUri: page,
  scopes: settings.scope.split(' '),
  tokenManager: { autoRenew: false },
})

const signedIn = tokens => {
  okta.tokenManager.setTokens(tokens)
  return `signed in as ${tokens.idToken.claims.email}`
}

async function renew(again) {
  const before = okta.tokenManager.getTokensSync().accessToken
  const tokens = await again()
  okta.tokenManager.setTokens(tokens)
  return renewed(before?.accessToken, tokens.accessToken.accessToken)
}

steps({
  'sign-in': () => { leave('sign-in'); return okta.token.getWithRedirect() },
  'popup': async () => signedIn((await okta.token.getWithPopup({})).tokens),
  'frame': () => renew(async () => (await okta.token.getWithoutPrompt()).tokens),
  'refresh': () => renew(() => okta.token.renewTokens()),
  'userinfo': async () => (await okta.token.getUserInfo()).email,
  'sign-out': () => { leave('sign-out'); return okta.signOut({ postLogoutRedirectUri: page }).then(() => undefined) },
})

await okta.start()
await begin('@okta/okta-auth-js', {
  'sign-in': async () => signedIn((await okta.token.parseFromUrl()).tokens),
  'sign-out': async () => `signed out, ${await okta.isAuthenticated()}`,
})
