import simple from 'simple-oauth2'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, say, visit } from './case.mjs'

const settings = {
  client: { id: CLIENT_ID, secret: CLIENT_SECRET },
  auth: { tokenHost: ISSUER, tokenPath: '/token', revokePath: '/revoke' },
}

async function signIn() {
  const client = new simple.AuthorizationCode({ ...settings, auth: { ...settings.auth, authorizePath: '/authorize' } })
  const back = await visit(client.authorizeURL({ redirect_uri: REDIRECT_URI, scope: 'openid email offline_access', state: 'a-state-of-its-own' }))
  const refused = back.searchParams.get('error')
  if (refused) throw new Error(refused) // the library leaves this to its app
  return client.getToken({ code: back.searchParams.get('code'), redirect_uri: REDIRECT_URI })
}

await play('simple-oauth2', {
  'sign-in': async () => {
    const { token } = await signIn()
    const info = await (await fetch(`${ISSUER}/userinfo`, { headers: { authorization: `Bearer ${token.access_token}` } })).json()
    say('signed in as', info.email)
  },
  denial: signIn,
  refresh: async () => {
    const renewed = await (await signIn()).refresh()
    if (!renewed.token.access_token) throw new Error('no access token')
    say('refreshed')
  },
  'sign-out': async () => {
    await (await signIn()).revokeAll()
    say('signed out')
  },
  token: async () => say('given', (await new simple.ClientCredentials(settings).getToken({})).token.token_type),
})
