import * as oauth from 'oauth4webapi'
import { ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, say, visit } from './case.mjs'

const open = { [oauth.allowInsecureRequests]: true }
const client = { client_id: CLIENT_ID }
const authentication = oauth.ClientSecretPost(CLIENT_SECRET)
const issuer = new URL(ISSUER)

const provider = async () => oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, open))

async function signIn(scope = 'openid email') {
  const as = await provider()
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const url = new URL(as.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, response_type: 'code', scope, state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  })
  const params = oauth.validateAuthResponse(as, client, await visit(url.href), state)
  const response = await oauth.authorizationCodeGrantRequest(as, client, authentication, params, REDIRECT_URI, verifier, open)
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true })
  await oauth.validateApplicationLevelSignature(as, response, open)
  return { as, tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
}

await play('oauth4webapi', {
  'sign-in': async () => say('signed in as', (await signIn()).claims.email),
  denial: signIn,
  tampered: signIn,
  userinfo: async () => {
    const { as, tokens, claims } = await signIn()
    const info = await oauth.processUserInfoResponse(as, client, claims.sub, await oauth.userInfoRequest(as, client, tokens.access_token, open))
    say('signed in as', info.email)
  },
  refresh: async () => {
    const { as, tokens } = await signIn('openid offline_access')
    await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token, open))
    say('refreshed')
  },
  'sign-out': async () => {
    const { as, tokens } = await signIn('openid offline_access')
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, authentication, tokens.refresh_token, open))
    const response = await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token, open)
    if (response.ok) throw new Error('the refresh token works on')
    say('signed out')
  },
  token: async () => {
    const as = await provider()
    const response = await oauth.clientCredentialsGrantRequest(as, client, authentication, {}, open)
    say('given', (await oauth.processClientCredentialsResponse(as, client, response)).token_type)
  },
  verify: async () => {
    const as = await provider()
    const request = new Request('http://localhost:8123/api', { headers: { authorization: `Bearer ${ACCESS_TOKEN}` } })
    say('given by', (await oauth.validateJwtAccessToken(as, request, CLIENT_ID, open)).sub)
  },
})
