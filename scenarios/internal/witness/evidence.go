package witness

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Main is the browser of a step that names none.
const Main = "main"

// Evidence is what was seen of a subject from when the stimulus was armed until
// the last step. What a subject does not have stays empty.
type Evidence struct {
	Exchanges    []*journal.Entry    // of the providers
	Second       []*journal.Entry    // of the second provider, from the beginning
	ClientSecret string              // of the app
	Own          func(*url.URL) bool // whether an address is one of the app
	Lint         Rule                // name of the rule that the requests are held to, "" for none

	Hops        []Hop         // requests of the browsers to the app
	Callback    string        // path that authorization responses are brought to, if it is known
	Page        *agent.Page   // the last page of the main browser
	Astray      bool          // it is one that an app has no business to send a browser to
	FailurePage bool          // it is where a sign-in ends that the user refuses
	Redirects   int           // the most in a row
	Took        time.Duration // how long the app took to answer, at most
	Slack       time.Duration // how long it may take in any case, since it is slow by itself
	Trouble     []string      // what a browser could not get over
	Heard       *Overheard    // by a page of another origin, nil if there was none

	Unaffected   *Unaffected        // the sign-in does not rest on what the stimulus changed; nil where that is not known
	Log          string             // what the app wrote for its operators
	Browsers     map[string]*Answer // what the app says of each browser
	Accounts     []string           // the app's account after each sign-in
	API          []int              // statuses of the api page
	Admin        int                // status of the admin page, 0 if the app has none
	LogoutTokens []int              // statuses of the answers to logout tokens

	SessionCookies []string // names of the cookies that keep the main browser signed in
}

// Unaffected is why a sign-in says nothing, or little, of the stimulus: the app took
// the user from elsewhere.
type Unaffected struct {
	Verdict result.Verdict // Tolerated, or NotExercised where it is not even known what the app made of it
	Why     string
}

// Hop is a request of a browser to the app, and its answer.
type Hop struct {
	Browser  string
	Seq      int64 // number of the journal's last exchange before
	Method   string
	URL      *url.URL
	Answered bool
	Status   int
	Header   http.Header
	Cookies  []*http.Cookie
}

// Answer is what the app says of a browser.
type Answer struct {
	SignedIn bool
	As       []string // logins of the users whose marks are on the page
	Err      error    // it says nothing
}

// Overheard is what a page of another origin heard of a sign-in.
type Overheard struct {
	Messages []Message
	Opener   bool // the pop-up could speak to it until the end, and was heard
	Closed   bool // the app closed its window before
}

// Message is what a window said to another one (HTML standard, cross-document
// messaging).
type Message struct {
	Origin string // of the page that said it
	Text   string
}

// collectSecrets returns the secrets of the drill's sign-ins that only the app and the
// provider may have, by name.
func (e *Evidence) collectSecrets() map[string][]string {
	out := map[string][]string{}
	keep := func(name, value string) {
		if value != "" {
			name = strings.ReplaceAll(name, "_", " ")
			out[name] = append(out[name], value)
		}
	}
	keep("client_secret", e.ClientSecret)
	for _, x := range e.Exchanges {
		for _, name := range []string{"access_token", "refresh_token", "id_token", "code"} {
			value, _ := x.Response[name].(string)
			keep(name, value)
			keep(name, responseParams(x).Get(name))
		}
		if x.Endpoint == protocol.TokenEndpoint {
			keep("code", x.Params.Get("code"))
		}
	}
	return out
}

// findSecret returns the name of a secret of the drill that is in a text, "" for none.
func (e *Evidence) findSecret(text string) string {
	secrets := e.collectSecrets()
	for _, name := range []string{"client secret", "access token", "refresh token"} {
		if slices.ContainsFunc(secrets[name], func(s string) bool { return strings.Contains(text, s) }) {
			return name
		}
	}
	return ""
}

// responseParams returns the parameters of an authorization response that was sent by
// a redirect.
func responseParams(e *journal.Entry) url.Values {
	u, err := url.Parse(e.ResponseHeaders["Location"])
	if err != nil {
		return nil
	}
	out := u.Query()
	if fragment, err := url.ParseQuery(u.EscapedFragment()); err == nil {
		for name, values := range fragment {
			out[name] = append(out[name], values...)
		}
	}
	return out
}
