import settings from './settings.js'
import Keycloak from './node_modules/keycloak-js/lib/keycloak.js'
import { attempt, begin, leave, renewed, say, steps } from './step.js'

const page = location.origin + location.pathname
const keycloak = new Keycloak({ url: settings.url, realm: settings.realm, clientId: settings.clientID })

async function init() {
  const options = { ...settings.init }
  if (options.onLoad) options.silentCheckSsoRedirectUri = location.origin + '/keycloak-js-silent.html'
  const authenticated = await keycloak.init(options)
  return authenticated ? `signed in as ${keycloak.idTokenParsed.email}` : 'not signed in'
}

steps({
  'sign-in': () => { leave('sign-in'); return keycloak.login() },
  'refresh': async () => {
    const before = keycloak.token
    await keycloak.updateToken(-1)
    return renewed(before, keycloak.token)
  },
  'userinfo': async () => (await keycloak.loadUserInfo()).email,
  // Whether the SDK watches the session in a frame.
  'frame': () => String(document.querySelector('iframe[title=keycloak-session-iframe]') !== null),
  'sign-out': () => { leave('sign-out'); return keycloak.logout({ redirectUri: page }) },
})

const left = await begin('keycloak-js', {
  'sign-in': init,
  'sign-out': init,
})
if (!left) await attempt('init', init)
// The SDK says the same of a token that it drops itself, such as one it refuses.
keycloak.onAuthLogout = () => say('session: signed out elsewhere')
