import settings from './settings.js'
// Amplify is published for bundlers only: npm ci has esbuild make this file of it.
import { Amplify, Hub, fetchAuthSession, signInWithRedirect, signOut } from './node_modules/amplify.js'
import { begin, leave, renewed, steps } from './step.js'

const page = location.origin + location.pathname
const returned = new Promise((resolve, reject) => {
  Hub.listen('auth', ({ payload }) => {
    if (payload.event === 'signInWithRedirect') resolve()
    if (payload.event === 'signInWithRedirect_failure') reject(payload.data.error)
  })
})
returned.catch(() => {}) // Amplify tells of failures on pages that await none
Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: settings.userPool,
      userPoolClientId: settings.clientID,
      loginWith: {
        oauth: { domain: settings.domain, scopes: settings.scope.split(' '), redirectSignIn: [page], redirectSignOut: [page], responseType: 'code' },
      },
    },
  },
})

steps({
  'sign-in': () => { leave('sign-in'); return signInWithRedirect() },
  'refresh': async () => {
    const before = (await fetchAuthSession()).tokens?.accessToken.toString()
    return renewed(before, (await fetchAuthSession({ forceRefresh: true })).tokens?.accessToken.toString())
  },
  'silent': () => { leave('silent'); return signInWithRedirect({ options: { prompt: 'NONE' } }) },
  'sign-out': () => { leave('sign-out'); return signOut() },
})

const signedIn = async () => {
  await returned
  return `signed in as ${(await fetchAuthSession()).tokens.idToken.payload.email}`
}

await begin('aws-amplify', {
  'sign-in': signedIn,
  'silent': signedIn,
  'sign-out': async () => `signed out, ${(await fetchAuthSession()).tokens}`,
})
