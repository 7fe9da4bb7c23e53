import * as client from 'openid-client'
import { ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, say, visit } from './case.mjs'

const config = () => client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
})

async function signIn(scope = 'openid email') {
  const c = await config()
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const pushed = await client.buildAuthorizationUrlWithPAR(c, {
    redirect_uri: REDIRECT_URI, scope, state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  })
  const back = await visit(pushed.href)
  const tokens = await client.authorizationCodeGrant(c, back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true })
  return { c, tokens }
}

await play('openid-client', {
  'sign-in': async () => say('signed in as', (await signIn()).tokens.claims().email),
  denial: signIn,
  tampered: signIn,
  userinfo: async () => {
    const { c, tokens } = await signIn()
    say('signed in as', (await client.fetchUserInfo(c, tokens.access_token, tokens.claims().sub)).email)
  },
  refresh: async () => {
    const { c, tokens } = await signIn('openid offline_access')
    const renewed = await client.refreshTokenGrant(c, tokens.refresh_token)
    if (renewed.access_token === tokens.access_token) throw new Error('the same access token')
    say('refreshed')
  },
  'sign-out': async () => {
    const { c, tokens } = await signIn()
    await client.tokenRevocation(c, tokens.access_token)
    const { active } = await client.tokenIntrospection(c, tokens.access_token)
    if (active) throw new Error('the token is active')
    say('signed out by', client.buildEndSessionUrl(c, { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'http://localhost:8123/' }).pathname)
  },
  token: async () => say('given', (await client.clientCredentialsGrant(await config())).token_type),
  device: async () => {
    const c = await config()
    const started = await client.initiateDeviceAuthorization(c, { scope: 'openid email' })
    say('visit', started.verification_uri_complete)
    say('signed in as', (await client.pollDeviceAuthorizationGrant(c, started)).claims().email)
  },
  verify: async () => {
    const { active } = await client.tokenIntrospection(await config(), ACCESS_TOKEN)
    if (!active) throw new Error('the token is not active')
    say('active')
  },
})
