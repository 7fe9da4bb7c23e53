// The single-page app: the code flow with PKCE, tokens in memory. What a sign-in must
// come back with is in sessionStorage while the browser is at the provider.
const main = document.querySelector('main')
const { issuer, client, callback } = main.dataset
const bug = name => main.dataset.bugs.split(' ').includes(name)
let user = null // with the tokens of the user that is signed in

const base64url = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))
const bytesOf = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))

async function metadata() {
  const answer = await fetch(issuer + '/.well-known/openid-configuration', { redirect: 'error' })
  const found = await answer.json()
  if (!answer.ok || found.issuer !== issuer) throw Error('metadata of another provider')
  return found
}

async function signIn() {
  const sent = { state: random(), nonce: random(), verifier: random() }
  sessionStorage.setItem('sign-in', JSON.stringify(sent))
  const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sent.verifier)))
  location.assign((await metadata()).authorization_endpoint + '?' + new URLSearchParams({
    response_type: 'code', client_id: client, redirect_uri: callback, scope: 'openid profile email',
    state: sent.state, nonce: sent.nonce, code_challenge: challenge, code_challenge_method: 'S256',
  }))
}

async function finish(answer) {
  const sent = JSON.parse(sessionStorage.getItem('sign-in') ?? 'null')
  sessionStorage.removeItem('sign-in')
  if (!sent || !bug('state') && (answer.get('state') !== sent.state || answer.getAll('state').length > 1)) throw Error('No sign-in was begun here.')
  const found = await metadata()
  if (answer.get('iss') !== issuer && (answer.has('iss') || found.authorization_response_iss_parameter_supported)) throw Error('An answer of another provider.')
  if (answer.has('error')) throw Error(answer.get('error_description') ?? answer.get('error'))
  if (!answer.get('code') || answer.getAll('code').length > 1) throw Error('No code.')
  const response = await fetch(found.token_endpoint, {
    method: 'POST', redirect: 'error',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: client, redirect_uri: callback, code: answer.get('code'), code_verifier: sent.verifier }),
  })
  const tokens = await response.json()
  if (!response.ok || tokens.token_type?.toLowerCase() !== 'bearer' || !tokens.access_token) throw Error('The sign-in failed.')
  const claims = await verify(tokens.id_token, found)
  if (claims.nonce !== sent.nonce && !bug('nonce')) throw Error('An ID token of another sign-in.')
  user = { ...claims, tokens }
}

// verify validates an ID token (OIDC Core section 3.1.3.7).
async function verify(token, found) {
  const [head, body, signature] = token.split('.')
  const header = JSON.parse(new TextDecoder().decode(bytesOf(head)))
  if (header.alg !== 'RS256' || header.crit) throw Error('A signature of another kind.')
  const { keys } = await (await fetch(found.jwks_uri, { redirect: 'error' })).json()
  const jwk = keys.find(k => k.kid === header.kid && k.kty === 'RSA' && (k.use ?? 'sig') === 'sig')
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['verify'])
  if (!await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, bytesOf(signature), new TextEncoder().encode(head + '.' + body))) throw Error('A signature of another.')
  const claims = JSON.parse(new TextDecoder().decode(bytesOf(body)))
  const now = Date.now() / 1000
  if (claims.iss !== issuer || claims.aud !== client || typeof claims.sub !== 'string' || !claims.sub || !(claims.exp > now - 60) || !(claims.iat < now + 60)) throw Error('An ID token of another.')
  return claims
}

function show(text) {
  if (bug('html')) main.innerHTML = text
  else main.textContent = text
}

function route() {
  if (location.hash === '#login') return signIn()
  if (location.hash === '#logout') user = null
  show(user ? `Signed in as ${user.name} (${user.email})` : 'Not signed in')
}

if (location.pathname === '/callback') {
  const answer = new URLSearchParams(location.search)
  history.replaceState(null, '', '/')
  try {
    await finish(answer)
    route()
  } catch (e) {
    show(e.message)
  }
} else await route()
addEventListener('hashchange', route)
