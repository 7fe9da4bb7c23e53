import { InstallProvider } from '@slack/oauth'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, play, say, visit } from '../node-clients/case.mjs'

const installer = new InstallProvider({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, stateSecret: 'a-secret-for-the-state', directInstall: true })

// answer is as much of an HTTP answer as the library writes.
const answer = () => ({ headers: {}, setHeader(name, value) { this.headers[name.toLowerCase()] = value }, getHeader(name) { return this.headers[name.toLowerCase()] }, writeHead(_, more) { Object.assign(this.headers, more) }, end() {} })

// install lets the library's own routes lead the browser away and take it back.
async function install(scopes, userScopes) {
  const away = answer()
  await installer.handleInstallPath({ url: '/slack/install', headers: {} }, away, undefined, { scopes, userScopes, redirectUri: REDIRECT_URI })
  const back = await visit(away.headers.location)
  const cookie = String(away.headers['set-cookie']).split(';')[0]
  return new Promise((resolve, reject) => {
    installer.handleCallback({ url: back.pathname + back.search, headers: { cookie } }, answer(), { success: resolve, failure: reject }).catch(reject)
  })
}

await play('@slack/oauth', {
  'sign-in': async () => {
    const { bot, user, team } = await install(['chat:write', 'commands'], ['users:read'])
    if (!bot.token.startsWith('xoxb-') || !user.token.startsWith('xoxp-') || !bot.id || bot.scopes.join() !== 'chat:write,commands' || user.scopes.join() !== 'users:read') throw new Error(JSON.stringify({ bot, user }))
    const { botToken } = await installer.authorize({ teamId: team.id, isEnterpriseInstall: false })
    if (botToken !== bot.token) throw new Error('another token was kept')
    say('signed in as', user.id)
  },
  userinfo: async () => say('signed in as', (await install([], ['users:read'])).user.id),
  denial: () => install(['chat:write']),
})
