import { ConfidentialClientApplication, PublicClientApplication } from '@azure/msal-node'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, play, say, visit } from '../node-clients/case.mjs'

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const authority = 'https://login.microsoftonline.com/common'
const scopes = ['User.Read']

const app = new ConfidentialClientApplication({ auth: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, authority } })
const installed = () => new PublicClientApplication({ auth: { clientId: CLIENT_ID, authority } })

async function signIn() {
  const back = await visit(await app.getAuthCodeUrl({ scopes, redirectUri: REDIRECT_URI, state: 'a-random-state' }))
  const answer = Object.fromEntries(back.searchParams)
  const result = await app.acquireTokenByCode({ scopes, redirectUri: REDIRECT_URI, code: answer.code, clientInfo: answer.client_info, state: 'a-random-state' }, answer)
  const { account, idTokenClaims: claims } = result
  if (account.homeAccountId !== `${claims.oid}.${claims.tid}`) throw new Error(`the account is ${account.homeAccountId}`)
  return result
}

await play('@azure/msal-node', {
  'sign-in': async () => say('signed in as', (await signIn()).account.username),
  // Here the library has a server for the answer, and reads errors in it.
  denial: () => installed().acquireTokenInteractive({ scopes, openBrowser: answer }),
  refresh: async () => {
    const { account, accessToken } = await signIn()
    const quiet = await app.acquireTokenSilent({ account, scopes })
    const fresh = await app.acquireTokenSilent({ account, scopes, forceRefresh: true })
    if (!quiet.fromCache || fresh.fromCache || fresh.accessToken === accessToken) throw new Error('the token is the same')
    const refused = await app.acquireTokenSilent({ account, scopes: ['api://orders/read'] }).then(() => 'nothing', e => e.name)
    if (refused !== 'InteractionRequiredAuthError') throw new Error(`a scope that is new is refused with ${refused}`)
    say('refreshed')
  },
  token: async () => {
    const robot = new ConfidentialClientApplication({ auth: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, authority: `https://login.microsoftonline.com/${tenant}` } })
    const { accessToken } = await robot.acquireTokenByClientCredential({ scopes: ['api://orders/.default'] })
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url'))
    if (claims.aud !== 'api://orders' || claims.tid !== tenant) throw new Error(JSON.stringify(claims))
    say('given for', claims.aud)
  },
  device: async () => {
    const { account } = await installed().acquireTokenByDeviceCode({
      scopes, deviceCodeCallback: code => say('visit', `${code.verificationUri}?user_code=${encodeURIComponent(code.userCode)}`),
    })
    say('signed in as', account.username)
  },
})

// answer takes the answer of the provider to the server of the library, as the
// browser does: by a redirection, or by the form of a page.
async function answer(url) {
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (location) return void await fetch(location)
  const html = await response.text()
  const [, action] = html.match(/action="([^"]*)"/) ?? []
  if (!action) throw new Error(`${response.status} ${html}`)
  const fields = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value])
  await fetch(action, { method: 'POST', body: new URLSearchParams(fields) })
}
