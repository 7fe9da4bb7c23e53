// What the page of Amplify uses. npm ci bundles it into node_modules/amplify.js.
import 'aws-amplify/auth/enable-oauth-listener'
export { Amplify } from 'aws-amplify'
export { fetchAuthSession, signInWithRedirect, signOut } from 'aws-amplify/auth'
export { Hub } from 'aws-amplify/utils'
