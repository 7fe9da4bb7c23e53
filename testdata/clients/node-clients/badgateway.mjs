import { OAuth2Client, OAuth2Fetch, generateCodeVerifier } from '@badgateway/oauth2-client'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, say, visit } from './case.mjs'

const client = new OAuth2Client({ server: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, discoveryEndpoint: '/.well-known/oauth-authorization-server' })

async function signIn() {
  const codeVerifier = await generateCodeVerifier()
  const state = crypto.randomUUID()
  const back = await visit(await client.authorizationCode.getAuthorizeUri({ redirectUri: REDIRECT_URI, state, codeVerifier, scope: ['openid', 'email', 'offline_access'] }))
  return client.authorizationCode.getTokenFromCodeRedirect(back, { redirectUri: REDIRECT_URI, state, codeVerifier })
}

await play('@badgateway/oauth2-client', {
  'sign-in': async () => {
    const token = await signIn()
    const wrapped = new OAuth2Fetch({ client, getNewToken: () => token, scheduleRefresh: false })
    say('signed in as', (await (await wrapped.fetch(`${ISSUER}/userinfo`)).json()).email)
  },
  denial: signIn,
  refresh: async () => {
    await client.refreshToken(await signIn())
    say('refreshed')
  },
  'sign-out': async () => {
    const token = await signIn()
    await client.revoke(token)
    say('signed out')
  },
  token: async () => {
    await client.clientCredentials()
    say('given')
  },
  verify: async () => {
    const { active } = await client.introspect({ accessToken: process.env.ACCESS_TOKEN, expiresAt: null, refreshToken: null })
    if (!active) throw new Error('the token is not active')
    say('active')
  },
})
