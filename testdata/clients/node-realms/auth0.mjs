import { createHash, randomBytes } from 'node:crypto'
import { AuthenticationClient, UserInfoClient } from 'auth0'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, answered, issuer, play, say, visit } from './case.mjs'

const auth = new AuthenticationClient({ domain: issuer.host, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })

// The library leaves the authorization request to its app.
async function signIn() {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code', client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, scope: 'openid email offline_access', state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  })
  const code = answered(await visit(`${issuer.origin}/authorize?${query}`))
  return (await auth.oauth.authorizationCodeGrantWithPKCE({ code, code_verifier: verifier, redirect_uri: REDIRECT_URI })).data
}

const userinfo = async () => (await new UserInfoClient({ domain: issuer.host }).getUserInfo((await signIn()).access_token)).data.email

await play('auth0', {
  'sign-in': async () => say('signed in as', await userinfo()),
  userinfo: async () => say('signed in as', await userinfo()),
  denial: signIn,
  refresh: async () => {
    await auth.oauth.refreshTokenGrant({ refresh_token: (await signIn()).refresh_token })
    say('refreshed')
  },
  'sign-out': async () => {
    const { refresh_token } = await signIn()
    await auth.oauth.revokeRefreshToken({ token: refresh_token })
    const again = await auth.oauth.refreshTokenGrant({ refresh_token }).then(() => 'refreshed', e => e.error)
    if (again !== 'invalid_grant') throw new Error(`the refresh token is ${again}`)
    say('signed out')
  },
  token: async () => say('given', (await auth.oauth.clientCredentialsGrant({ audience: 'https://api.example.com' })).data.token_type),
})
