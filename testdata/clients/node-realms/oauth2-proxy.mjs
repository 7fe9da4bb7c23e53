// Signs alice in at oauth2-proxy, in front of a page of its own: oauth2-proxy.mjs PROVIDER
// CASE. The program is that of the folder oauth2-proxy.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { CLIENT_ID, CLIENT_SECRET, ISSUER, browse, say } from './case.mjs'

const library = 'github.com/oauth2-proxy/oauth2-proxy/v7'
say('library', library, /oauth2-proxy\/v7 v(\S+)/.exec(readFileSync('../oauth2-proxy/go.mod', 'utf8'))[1])

// free is a port that nothing listens at: the program takes no other's.
async function free() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}

// Who may come in, and who may not.
const rules = {
  keycloak: { provider: ['--provider=keycloak-oidc', `--oidc-issuer-url=${ISSUER}`, '--code-challenge-method=S256'], allowed: ['--allowed-role=staff', '--allowed-role=app:editor'], refused: ['--allowed-role=nobody'] },
  github: { provider: ['--provider=github'], allowed: ['--github-user=alice'], refused: ['--github-user=somebody'] },
}[process.argv[2]]

// shown is what the browser sees of the page behind the proxy.
async function shown(more) {
  const port = await free()
  const url = `http://127.0.0.1:${port}`
  const proxy = spawn('../oauth2-proxy/oauth2-proxy', [
    ...rules.provider, ...more, `--client-id=${CLIENT_ID}`, `--client-secret=${CLIENT_SECRET}`, `--redirect-url=${url}/oauth2/callback`, `--http-address=127.0.0.1:${port}`,
    '--email-domain=*', '--upstream=static://200', '--cookie-secret=0123456789abcdef0123456789abcdef', '--cookie-secure=false', '--skip-provider-button',
  ], { stdio: ['ignore', 2, 2] })
  try {
    for (let tries = 0; ; tries++) {
      const up = await fetch(`${url}/ping`).then(() => true, () => false)
      if (up) break
      if (tries > 200 || proxy.exitCode !== null) throw new Error('oauth2-proxy does not listen')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    const page = await browse(`${url}/`, () => false)
    const who = page.status === 200 && await browse(`${url}/oauth2/userinfo`, () => false)
    return { ...page, who: who && JSON.parse(who.body) }
  } finally {
    proxy.kill()
  }
}

const { status, body, who } = await shown(rules.allowed)
if (status !== 200) {
  say('refused:', status, body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '))
  process.exit(1)
}
const kept = await shown(rules.refused)
if (kept.status < 400) {
  say(`somebody who has no right comes in: ${kept.status}`)
  process.exit(1)
}
say('signed in as', who.email)
