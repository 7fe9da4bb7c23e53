package result

// Verdict is the judgement of an app at one entry of the catalogue.
type Verdict string

// The verdicts. Silence is never a Pass: what did not reach the app is
// NotExercised, with the reason.
const (
	Pass           Verdict = "PASS"
	FailSecurity   Verdict = "FAIL(security)"   // signed in, or as somebody else, or a secret or a script got out
	FailRobustness Verdict = "FAIL(robustness)" // a server error, a hang, a loop, no recovery
	FailUX         Verdict = "FAIL(ux)"         // a blank page, raw JSON
	Tolerated      Verdict = "TOLERATED"        // the specifications leave a choice: it is told what was chosen
	NotExercised   Verdict = "NOT_EXERCISED"    // the stimulus did not reach the app
	Invalid        Verdict = "INVALID"          // the control failed: nothing can be said
)

// Failed reports whether the verdict is one of the failures.
func (v Verdict) Failed() bool { return v == FailSecurity || v == FailRobustness || v == FailUX }

// Verdicts returns all verdicts, the worst first.
func Verdicts() []Verdict {
	return []Verdict{FailSecurity, FailRobustness, FailUX, Invalid, NotExercised, Tolerated, Pass}
}

// Witness is what one of the four witnesses saw: provider, user agent, app, recovery.
type Witness struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Saw  string `json:"saw"`
}

// Cause is one reason why an app failed.
type Cause struct {
	Verdict Verdict `json:"verdict"`
	Witness string  `json:"witness"`
	Rule    string  `json:"rule,omitempty"` // key of the outcome that is not met, like app.signed_in, or a rule for every answer, like server_error
	Saw     string  `json:"saw"`
	Seq     int64   `json:"seq,omitempty"` // exchange of the provider's journal that decided it, or the last one before

	// Severity is what it costs: that of the entry, or, where the app defended itself and
	// answered badly, that of the answer.
	Severity string `json:"severity,omitempty"`

	// Lapse says that no app should do this, whatever the entry is about: an error that it
	// does not handle, or no answer.
	Lapse bool `json:"lapse,omitempty"`

	// Request is the browser's request to the app that showed it, as METHOD URL, with a word
	// in capitals for each value that another sign-in has another of: CODE, STATE. Cookies
	// are the names of the cookies that went with it.
	Request string   `json:"request,omitempty"`
	Cookies []string `json:"cookies,omitempty"`

	Exchange []Message `json:"exchange,omitempty"` // what decided it, of the conversation: the exchange Seq, and where a fault struck
}
