// What every program here shares: its settings, its browser, and how it tells
// what came of a case.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

export const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, ACCESS_TOKEN } = process.env

// issuer is the URL of the provider's issuer identifier.
export const issuer = new URL(ISSUER)

const version = library => JSON.parse(readFileSync(`node_modules/${library}/package.json`)).version

const cookies = new Map()

// browse opens a URL as a browser does that is signed in already, with its cookies, up
// to the first URL that is where it was to lead.
export async function browse(url, leads = at => at.startsWith(REDIRECT_URI)) {
  let at = url
  for (let hops = 0; hops < 12; hops++) {
    const origin = new URL(at).origin
    const response = await fetch(at, { redirect: 'manual', headers: { cookie: [...(cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ') } })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (!cookies.has(origin)) cookies.set(origin, new Map())
      if (value === '') cookies.get(origin).delete(name)
      else cookies.get(origin).set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) return { at, status: response.status, body: await response.text() }
    at = new URL(location, at).href
    if (leads(at)) return { at, status: response.status }
  }
  throw new Error(`${url} leads nowhere`)
}

// visit returns the URL that the browser is sent back to from an authorization URL.
export async function visit(url) {
  const { at, status, body } = await browse(String(url))
  if (body !== undefined) throw new Error(`${at} answers ${status} ${body}`)
  return new URL(at)
}

// answered is the URL with the authorization response, where that is no error: some
// libraries leave that to their app.
export function answered(back) {
  const refused = back.searchParams.get('error')
  if (refused) throw new Error(refused)
  return back.searchParams.get('code')
}

export const say = (...words) => console.log(...words)

// claims are those of a JWT, unverified.
export const claims = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))

// play runs the case that the command line names.
export async function play(library, cases) {
  say('library', library, version(library))
  try {
    await cases[process.argv.at(-1)]()
  } catch (e) {
    const reasons = []
    for (let cause = e; cause; cause = cause.cause instanceof Error ? cause.cause : undefined) {
      reasons.push(cause.message, cause.error, cause.error_description, cause.code, cause.userMessage)
    }
    say('refused:', reasons.filter(r => typeof r === 'string').join(': ').replaceAll('\n', ' '))
    process.exitCode = 1
  }
  process.stdout.write('', () => process.exit()) // some libraries keep timers
}

// serve listens with an app at a port of its own, which the app is told.
export async function serve(make) {
  let app
  const server = createServer((r, w) => app(r, w)).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const url = `http://localhost:${server.address().port}`
  app = await make(url)
  return { url, close: () => { server.closeAllConnections(); server.close() } }
}

// page is what the browser is shown at a path of an app in the end.
export async function page(url) {
  const { at, status, body } = await browse(url, () => false)
  if (status !== 200) throw new Error(`${new URL(at).searchParams.get('error') ?? ''} ${status} ${body}`)
  return body
}

// within visits an app, and stops it.
export async function within(make, visit) {
  const app = await serve(make)
  try {
    return await visit(app.url)
  } finally {
    app.close()
  }
}
