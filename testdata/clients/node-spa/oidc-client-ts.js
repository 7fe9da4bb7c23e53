import settings from './settings.js'
import { begin, leave, renewed, say, steps } from './step.js'

const page = location.origin + '/oidc-client-ts.html'
const callback = location.origin + '/oidc-client-ts-callback.html'
const manager = new oidc.UserManager({
  authority: settings.issuer,
  client_id: settings.clientID,
  redirect_uri: page,
  popup_redirect_uri: callback,
  silent_redirect_uri: callback,
  post_logout_redirect_uri: page,
  scope: settings.scope,
  automaticSilentRenew: false,
  monitorSession: settings.monitorSession ?? false,
})
manager.events.addUserSignedOut(() => say('session: signed out elsewhere'))
manager.events.addUserSessionChanged(() => say('session: somebody else'))

const signedIn = user => `signed in as ${user.profile.email}`

async function renew() {
  const before = await manager.getUser()
  return renewed(before?.access_token, (await manager.signinSilent())?.access_token)
}

steps({
  'sign-in': () => { leave('sign-in'); return manager.signinRedirect() },
  'popup': async () => signedIn(await manager.signinPopup()),
  'frame': renew,
  'refresh': renew,
  'userinfo': async () => {
    const { access_token } = await manager.getUser()
    const { userinfo_endpoint } = await manager.metadataService.getMetadata()
    const answer = await fetch(userinfo_endpoint, { headers: { Authorization: 'Bearer ' + access_token } })
    return (await answer.json()).email
  },
  'remove': async () => { await manager.removeUser(); return String(await manager.getUser()) },
  'sign-out': () => { leave('sign-out'); return manager.signoutRedirect() },
})

await begin('oidc-client-ts', {
  'sign-in': async () => signedIn(await manager.signinCallback()),
  'sign-out': async () => { await manager.signoutCallback(); return `signed out, ${await manager.getUser()}` },
})
