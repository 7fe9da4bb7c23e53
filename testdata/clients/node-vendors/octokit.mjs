import { OAuthApp, createWebWorkerHandler } from '@octokit/oauth-app'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, play, say, visit } from '../node-clients/case.mjs'

// A GitHub App's tokens expire, and are refreshed; those of an OAuth app are not.
const clientType = process.env.CLIENT_TYPE ?? 'oauth-app'
const app = new OAuthApp({ clientType, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...(clientType === 'oauth-app' && { defaultScopes: ['user:email', 'read:org'] }) })

let token
app.on('token', ({ token: made }) => { if (made) token = made })

// signIn lets the library's own routes lead the browser away and take it back.
async function signIn() {
  const handle = createWebWorkerHandler(app)
  const login = await handle(new Request('http://app.example/api/github/oauth/login?redirectUrl=' + encodeURIComponent(REDIRECT_URI)))
  const back = await visit(login.headers.get('location'))
  const answer = await handle(new Request('http://app.example/api/github/oauth/callback' + back.search))
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
  return token
}

await play('@octokit/oauth-app', {
  'sign-in': async () => {
    await signIn()
    const octokit = await app.getUserOctokit({ token })
    const { data, headers } = await octokit.request('GET /user')
    if (clientType === 'oauth-app') {
      if (headers['x-oauth-scopes'] !== 'user:email, read:org') throw new Error(`the token has ${headers['x-oauth-scopes']}`)
      for (const what of ['/user/emails', '/user/orgs', '/user/teams']) await octokit.request('GET ' + what)
    }
    say('signed in as', data.login)
  },
  denial: signIn,
  refresh: async () => {
    const { data } = await app.refreshToken({ refreshToken: (await exchanged()).refreshToken })
    if (!data.refresh_token.startsWith('ghr_') || !data.access_token.startsWith('ghu_')) throw new Error(JSON.stringify(data))
    say('refreshed')
  },
  verify: async () => say('the token of', (await app.checkToken({ token: process.env.ACCESS_TOKEN })).data.user.login),
  'sign-out': async () => {
    const before = await signIn()
    const { data } = await app.resetToken({ token: before })
    if (data.token === before) throw new Error('the token is the same')
    await app.deleteToken({ token: data.token })
    const status = await app.checkToken({ token: data.token }).then(() => 200, e => e.status)
    if (status !== 404) throw new Error(`a token that was deleted is answered ${status}`)
    say('signed out')
  },
})

async function exchanged() {
  const { url } = app.getWebFlowAuthorizationUrl({ state: 'a-random-state', redirectUrl: REDIRECT_URI })
  const { authentication } = await app.createToken({ code: (await visit(url)).searchParams.get('code'), state: 'a-random-state' })
  return authentication
}
