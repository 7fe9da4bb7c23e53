// What every program here shares: its settings, its browser, and how it tells
// what came of a case.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, ACCESS_TOKEN } = process.env

// version is what is installed of a library.
export function version(library) {
  for (const folder of createRequire(process.argv[1]).resolve.paths(library)) {
    try {
      return JSON.parse(readFileSync(join(folder, library, 'package.json'))).version
    } catch { /* it is in another folder */ }
  }
  throw new Error(`${library} is not installed`)
}

// visit opens an authorization URL as a browser does whose user is signed in
// already, and returns the URL that it is sent back to.
export async function visit(url) {
  let at = String(url)
  for (let hops = 0; hops < 10; hops++) {
    const response = await fetch(at, { redirect: 'manual' })
    const location = response.headers.get('location')
    if (!location) throw new Error(`${at} answers ${response.status} ${await response.text()}`)
    at = new URL(location, at).href
    if (at.startsWith(REDIRECT_URI)) return new URL(at)
  }
  throw new Error(`${url} leads nowhere`)
}

export const say = (...words) => console.log(...words)

// play runs the case that the command line names.
export async function play(library, cases) {
  say('library', library, version(library))
  try {
    await cases[process.argv[2]]()
  } catch (e) {
    const reasons = []
    for (let cause = e; cause; cause = cause.cause instanceof Error ? cause.cause : undefined) {
      reasons.push(cause.message, cause.error, cause.code, cause.oauth2Code)
    }
    say('refused:', reasons.filter(r => typeof r === 'string').join(': ').replaceAll('\n', ' '))
    process.exitCode = 1
  }
  process.stdout.write('', () => process.exit()) // not when connections that are kept come to their end
}
