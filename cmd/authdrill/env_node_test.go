package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// settled is an app around what env prints for a framework.
type settled struct {
	framework     string
	libraries     string // of testdata/clients, that has them installed
	before, after string // the rest of the app
	login         string
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
		framework: "express-passport", libraries: "node-passport", login: "/login",
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
		framework: "nextjs-authjs", libraries: "node-authjs", login: "/login",
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

// TestEnvForNode signs in with what env prints, as it stands, and comes back to
// where env says.
func TestEnvForNode(t *testing.T) {
	for _, s := range []settled{expressPassport(), nextAuthJS()} {
		t.Run(s.framework, func(t *testing.T) {
			libraries, err := filepath.Abs(filepath.Join(clientsFolder, s.libraries))
			if err != nil {
				t.Fatal(err)
			}
			installed(t, libraries)
			t.Parallel()
			folder := t.TempDir()
			if err := os.Symlink(filepath.Join(libraries, "node_modules"), filepath.Join(folder, "node_modules")); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, "app.mjs"), listensFirst)
			cmd := exec.Command("node", "app.mjs")
			cmd.Dir = folder
			g := &guest{t: t, op: mockprovider.Start(t), at: listening(t, cmd), browser: agent.New(agent.Options{})}

			printed, err := exec.Command("authdrill", "env", "--for", s.framework, "--issuer", g.op.Issuer(), "--app-url", g.at).Output()
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, "settled.mjs"), s.before+string(printed)+s.after)

			g.signIn(s.login, true)
			g.sees("Signed in as: alice@example.com")
			asked := g.op.Journal().Find(journal.Query{Endpoint: "authorization_endpoint", Method: "GET"})
			if back := asked[0].Params.Get("redirect_uri"); !regexp.MustCompile(regexp.QuoteMeta(back) + `['\n]`).Match(printed) {
				t.Errorf("the app comes back to %s, which is not what env says:\n%s", back, printed)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
