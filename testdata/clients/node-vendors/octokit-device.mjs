import { createOAuthDeviceAuth } from '@octokit/auth-oauth-device'
import { request } from '@octokit/request'
import { CLIENT_ID, play, say } from '../node-clients/case.mjs'

await play('@octokit/auth-oauth-device', {
  device: async () => {
    const auth = createOAuthDeviceAuth({
      clientType: 'oauth-app', clientId: CLIENT_ID, scopes: ['user:email'],
      onVerification: code => say('visit', `${code.verification_uri}?user_code=${encodeURIComponent(code.user_code)}`),
    })
    const { token, scopes } = await auth({ type: 'oauth' })
    if (scopes.join() !== 'user:email') throw new Error(`the token has ${scopes}`)
    const { data } = await request('GET /user', { headers: { authorization: `token ${token}` } })
    say('signed in as', data.login)
  },
})
