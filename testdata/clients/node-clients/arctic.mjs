import * as arctic from 'arctic'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, say, visit } from './case.mjs'

const client = new arctic.OAuth2Client(CLIENT_ID, CLIENT_SECRET, REDIRECT_URI)

async function signIn() {
  const verifier = arctic.generateCodeVerifier()
  const url = client.createAuthorizationURLWithPKCE(`${ISSUER}/authorize`, arctic.generateState(), arctic.CodeChallengeMethod.S256, verifier, ['openid', 'email', 'offline_access'])
  const back = await visit(url.href)
  const refused = back.searchParams.get('error')
  if (refused) throw new Error(refused) // the library leaves this to its app
  return client.validateAuthorizationCode(`${ISSUER}/token`, back.searchParams.get('code'), verifier)
}

await play('arctic', {
  'sign-in': async () => say('signed in as', arctic.decodeIdToken((await signIn()).idToken()).email),
  denial: signIn,
  refresh: async () => {
    await client.refreshAccessToken(`${ISSUER}/token`, (await signIn()).refreshToken(), [])
    say('refreshed')
  },
  'sign-out': async () => {
    await client.revokeToken(`${ISSUER}/revoke`, (await signIn()).refreshToken())
    say('signed out')
  },
})
