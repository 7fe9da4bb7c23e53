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
	Exchanges       []*journal.Entry    // of the providers
	SecondExchanges []*journal.Entry    // of the second provider, from the beginning
	ClientSecret    string              // of the app
	IsAppURL        func(*url.URL) bool // whether a URL is one of the app
	LintRule        Rule                // name of the rule that the requests are held to, "" for none

	Hops              []Hop         // requests of the browsers to the app
	LastPage          *agent.Page   // of the main browser
	OnForeignPage     bool          // the last page is one that an app has no business to send a browser to
	OnFailurePage     bool          // the last page is where a sign-in ends that the user refuses
	MostRedirects     int           // the longest chain of redirects
	LongestResponse   time.Duration // how long the app took to answer, at most
	ToleratedResponse time.Duration // how long it may take in any case, since it is slow without a fault too
	AppFailures       []string      // in words: what the app did not answer, or redirected without an end
	Opener            *Opener       // nil where no page of another origin opened the app

	Log                 string             // what the app wrote for its operators
	Browsers            map[string]*Answer // what the app says of each browser
	Accounts            []string           // the app's account after each sign-in
	APIStatuses         []int              // of the api page
	AdminStatus         int                // of the admin page, 0 if the app has none
	LogoutTokenStatuses []int              // of the answers to logout tokens
	SessionCookies      []string           // names of the cookies that keep the main browser signed in
	Unaffected          *Unaffected        // the sign-in does not rest on what the stimulus changed; nil where that is not known
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
	Sent     []string // names of the cookies that went with the request
}

// Answer is what the app says of a browser.
type Answer struct {
	SignedIn bool
	As       []string // logins of the users whose marks are on the page
	Err      error    // it says nothing
}

// Opener is a page of another origin that opened the app's sign-in in a pop-up, and
// what it received of it.
type Opener struct {
	Messages    []Message
	Connected   bool // the pop-up could send it messages until the end
	PopupClosed bool // the app closed the pop-up before the end
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
