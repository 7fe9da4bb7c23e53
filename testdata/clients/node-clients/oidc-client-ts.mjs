import { OidcClient, InMemoryWebStorage, WebStorageStateStore } from 'oidc-client-ts'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, say, visit } from './case.mjs'

const client = new OidcClient({
  authority: ISSUER, client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uri: REDIRECT_URI, scope: 'openid email offline_access',
  loadUserInfo: true, stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
})

async function signIn() {
  const { url } = await client.createSigninRequest({})
  return client.processSigninResponse((await visit(url)).href)
}

await play('oidc-client-ts', {
  'sign-in': async () => say('signed in as', (await signIn()).profile.email),
  denial: signIn,
  refresh: async () => {
    const r = await signIn()
    await client.useRefreshToken({ state: { refresh_token: r.refresh_token, id_token: r.id_token, session_state: r.session_state, scope: r.scope, profile: r.profile } })
    say('refreshed')
  },
  'sign-out': async () => {
    await client.revokeToken((await signIn()).refresh_token, 'refresh_token')
    say('signed out')
  },
})
