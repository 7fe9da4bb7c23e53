package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// settled is an app around what env prints for a framework.
type settled struct {
	libraries     string // of testdata/clients, that has them installed
	before, after string // the rest of the app
}

// The settings name where the app is, so it listens first, and is put together
// when it is asked for the first time.
const listensFirst = `import express from 'express'
const app = express()
let settled
app.use(async (req, res) => (settled ??= (await import('./settled.mjs')).default)(req, res))
const server = app.listen(0, '127.0.0.1', () => console.error('Running on http://127.0.0.1:' + server.address().port))
`

func expressPassport() settled {
	return settled{
		libraries: "node-passport",
		before: `import express from 'express'
import session from 'express-session'
import passport from 'passport'
import OpenIDConnectStrategy from 'passport-openidconnect'
const verify = (issuer, profile, done) => done(null, { email: profile.emails[0].value })
passport.use(
`,
		after: `)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))
const app = express()
app.use(session({ secret: 'only here', resave: false, saveUninitialized: false }), passport.authenticate('session'))
app.get('/', (req, res) => res.send('Signed in as: ' + req.user.email))
app.get('/login', passport.authenticate('openidconnect'))
app.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/' }))
export default app
`,
	}
}

// nextAuthJS has Auth.js where Next.js has it, below /api/auth, and its button
// pressed.
func nextAuthJS() settled {
	return settled{
		libraries: "node-authjs",
		before: `import express from 'express'
import { Auth, skipCSRFCheck } from '@auth/core'
import { ExpressAuth, getSession } from '@auth/express'
const config = {
  basePath: '/api/auth',
  secret: 'only here',
  trustHost: true,
`,
		after: `}
const app = express()
app.use('/api/auth', ExpressAuth(config))
app.get('/', async (req, res) => res.send('Signed in as: ' + (await getSession(req, config)).user.email))
app.get('/login', async (req, res) => {
  const button = new Request('http://' + req.headers.host + '/api/auth/signin/authdrill', { method: 'POST', body: new URLSearchParams({ callbackUrl: '/' }) })
  const answer = await Auth(button, { ...config, skipCSRFCheck })
  for (const cookie of answer.headers.getSetCookie()) res.append('Set-Cookie', cookie)
  res.redirect(answer.headers.get('Location'))
})
export default app
`,
	}
}

// app listens first, and has its settings when it is asked for the first time.
func (s settled) app(p *configured) string {
	libraries, folder := p.needs(s.libraries), p.t.TempDir()
	must(p.t, os.Symlink(filepath.Join(libraries, "node_modules"), filepath.Join(folder, "node_modules")))
	write(p.t, filepath.Join(folder, "app.mjs"), listensFirst)
	cmd := exec.Command("node", "app.mjs")
	cmd.Dir = folder
	at := listening(p.t, cmd)
	p.settings(at, "settings")
	write(p.t, filepath.Join(folder, "settled.mjs"), s.before+p.printed+s.after)
	return at
}

func write(t *testing.T, name, text string) {
	t.Helper()
	must(t, os.WriteFile(name, []byte(text), 0o600))
}
