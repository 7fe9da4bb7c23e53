import { JWT, OAuth2Client } from 'google-auth-library'
import { ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, play, say, visit } from '../node-clients/case.mjs'

const { SERVICE_ACCOUNT: email, SERVICE_ACCOUNT_KEY: key } = process.env
const client = new OAuth2Client({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUri: REDIRECT_URI })

// signIn returns the claims of the ID token, which the library has verified by the
// certificates of Google.
async function signIn() {
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync()
  const url = client.generateAuthUrl({
    access_type: 'offline', include_granted_scopes: true, scope: ['openid', 'email', 'profile'], state: 'a-random-state',
    code_challenge: codeChallenge, code_challenge_method: 'S256',
  })
  const back = await visit(url)
  const refused = back.searchParams.get('error')
  if (refused) throw new Error(refused) // the library leaves this to its app
  const { tokens } = await client.getToken({ code: back.searchParams.get('code'), codeVerifier })
  client.setCredentials(tokens)
  return (await client.verifyIdToken({ idToken: tokens.id_token, audience: CLIENT_ID })).getPayload()
}

await play('google-auth-library', {
  'sign-in': async () => say('signed in as', (await signIn()).email),
  denial: signIn,
  tampered: signIn,
  userinfo: async () => {
    await signIn()
    const info = await client.getTokenInfo(client.credentials.access_token)
    if (!info.scopes.includes('https://www.googleapis.com/auth/userinfo.email')) throw new Error(`the token has ${info.scopes}`)
    for (const url of ['https://openidconnect.googleapis.com/v1/userinfo', 'https://www.googleapis.com/oauth2/v3/userinfo', 'https://www.googleapis.com/oauth2/v2/userinfo']) {
      const { data } = await client.request({ url })
      if (data.email !== info.email) throw new Error(`${url} answers ${JSON.stringify(data)}`)
    }
    say('signed in as', info.email)
  },
  refresh: async () => {
    await signIn()
    const before = client.credentials.access_token
    client.credentials.expiry_date = 1
    if ((await client.getAccessToken()).token === before) throw new Error('the token is the same')
    say('refreshed')
  },
  'sign-out': async () => {
    await signIn()
    const token = client.credentials.access_token
    await client.revokeCredentials()
    const again = await client.revokeToken(token).then(() => 200, e => e.status ?? e.response?.status)
    if (again !== 400) throw new Error(`revoking a dead token is answered ${again}`)
    say('signed out')
  },
  token: async () => {
    const robot = new JWT({ email, key, scopes: ['https://www.googleapis.com/auth/cloud-platform'] })
    const { access_token: token } = await robot.authorize()
    const info = await client.getTokenInfo(token)
    if (!info.scopes.includes('https://www.googleapis.com/auth/cloud-platform')) throw new Error(`the token has ${info.scopes}`)
    const idToken = await new JWT({ email, key }).fetchIdToken('https://run.example.app')
    const claims = (await client.verifyIdToken({ idToken, audience: 'https://run.example.app' })).getPayload()
    if (claims.email !== email) throw new Error(`the ID token is of ${claims.email}`)
    say('given', token.slice(0, 5))
  },
  verify: async () => say('good for', (await client.getTokenInfo(ACCESS_TOKEN)).scopes.join(' ')),
})
