import * as arctic from 'arctic'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, answered, issuer, play, say, visit } from './case.mjs'

const provider = process.argv[2]
const of = [CLIENT_ID, CLIENT_SECRET, REDIRECT_URI]

// Each provider of the library, with what else it is told, and the scopes that bring an
// e-mail address and a refresh token.
const providers = {
  keycloak: () => [new arctic.KeyCloak(issuer.href, ...of), ['openid', 'email']],
  auth0: () => [new arctic.Auth0(issuer.host, ...of), ['openid', 'email', 'offline_access']],
  okta: () => [new arctic.Okta(issuer.host, 'default', ...of), ['openid', 'email', 'offline_access']],
  'okta-organization': () => [new arctic.Okta(issuer.host, null, ...of), ['openid', 'email', 'offline_access']],
  cognito: () => [new arctic.AmazonCognito('example.auth.us-east-1.amazoncognito.com', ...of), ['openid', 'email']],
  gitlab: () => [new arctic.GitLab('https://gitlab.com', ...of), ['openid', 'email'], { pkce: false }],
}
const [client, scopes, { pkce = true } = {}] = providers[provider]()

async function signIn() {
  const verifier = arctic.generateCodeVerifier()
  const url = pkce ? client.createAuthorizationURL(arctic.generateState(), verifier, scopes) : client.createAuthorizationURL(arctic.generateState(), scopes)
  const code = answered(await visit(url))
  return pkce ? client.validateAuthorizationCode(code, verifier) : client.validateAuthorizationCode(code)
}

await play('arctic', {
  'sign-in': async () => say('signed in as', arctic.decodeIdToken((await signIn()).idToken()).email),
  denial: signIn,
  refresh: async () => {
    const tokens = await signIn()
    const renewed = await client.refreshAccessToken(tokens.refreshToken(), scopes)
    if (renewed.accessToken() === tokens.accessToken()) throw new Error('the same access token')
    say('refreshed')
  },
  'sign-out': async () => {
    const tokens = await signIn()
    await client.revokeToken(tokens.refreshToken())
    const again = await client.refreshAccessToken(tokens.refreshToken(), scopes).then(() => 'refreshed', e => e.code ?? e.status)
    if (again !== 'invalid_grant' && again !== 403) throw new Error(`the refresh token is ${again}`)
    say('signed out')
  },
})
