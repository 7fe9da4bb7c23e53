package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// difficult has a character for each way to escape.
const difficult = `c&n<r"y \ü/+'=%`

func knowing(secrets ...string) *redact.Secrets {
	s := &redact.Secrets{}
	for _, secret := range secrets {
		s.Learn(secret)
	}
	return s
}

func TestEveryFormIsHidden(t *testing.T) {
	for _, secret := range []string{"tr0ub", "tr0ub4dor", difficult, strings.Repeat("long-", 20) + "end"} {
		s := &redact.Secrets{}
		s.LearnCredentials("web", secret)
		quoted, err := json.Marshal(map[string]string{"a": secret})
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret)
		for name, form := range map[string]string{
			"itself": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret), "JSON": string(quoted), "plain JSON": plain,
			"Go": strconv.Quote(secret), "ASCII": strconv.QuoteToASCII(secret), "HTML": html.EscapeString(secret),
			"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "base64url": base64.RawURLEncoding.EncodeToString([]byte(secret)),
			"Basic": base64.StdEncoding.EncodeToString([]byte("web:" + secret)), "escaped Basic": base64.StdEncoding.EncodeToString([]byte("web:" + url.QueryEscape(secret))),
			"cut": secret[:5] + "…",
		} {
			got := s.Hide("before " + form + " after")
			if strings.Contains(got, form) || !strings.Contains(got, "…") || !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
				t.Errorf("%s of %q: %q", name, secret, got)
			}
		}
		if len(secret) < 8 {
			continue
		}
		for _, around := range []string{"a:", "ab:", "abc:"} {
			form := base64.StdEncoding.EncodeToString([]byte(around + secret + ", and more"))
			if got := s.Hide("Basic " + form + "."); strings.Contains(got, form[4:12]) || !strings.HasPrefix(got, "Basic ") || !strings.HasSuffix(got, ".") {
				t.Errorf("behind %s: %q", around, got)
			}
		}
	}
}

// The longest secret wins, wherever one begins, holds or ends another, and none
// is left in part.
func TestSecretsThatHoldOthers(t *testing.T) {
	s := knowing("secret-one", "secret-one-and-two", "one-and")
	for text, secret := range map[string]string{"secret-one-and-two": "secret-one-and-two", "secret-one": "secret-one", "one-and": "one-and"} {
		if got := s.Hide("<" + text + ">"); got != "<"+mask.Tag(secret)+">" {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// A short secret is hidden as a whole word or value only: as a part of words it
// would hide half a report. Its tag has no digest, which would give it away.
func TestShortSecretIsHiddenAsWhole(t *testing.T) {
	s := knowing("1234", "7", "#4~a", "true")
	for text, want := range map[string]string{
		"1234": "…", `{"password":"1234"}`: `{"password":"…"}`, "pin=1234&x=1": "pin=…&x=1", "12345": "12345", "step 1234 of 51234": "step … of 51234", "xx#4~a.": "xx….",
		"7": "…", "7 cats": "7 cats", "true": "true", "x='7'": "x='…'", "x=7": "x=…", `{"a":7}`: `{"a":7}`,
	} {
		if got := s.Hide(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	s.LearnCredentials("web", "1234")
	if got := s.Hide("Basic " + base64.StdEncoding.EncodeToString([]byte("web:1234"))); strings.Contains(got, "MTIzN") || strings.Contains(got, "d2ViOj") {
		t.Error(got)
	}
}

// What is a tag already stays one, and hiding twice changes nothing.
func TestTagsStay(t *testing.T) {
	s := knowing("ya29.first-of-many-tokens-of-one-kind", "ya29.other-of-many-tokens-of-one-kind")
	text := s.Hide("a ya29.first-of-many-tokens-of-one-kind b ya29.other-of-many-tokens-of-one-kind")
	if again := s.Hide(text); again != text || strings.Count(text, "…") != 2 {
		t.Errorf("%s\n%s", text, again)
	}
}

func TestNilAndEmptySecrets(t *testing.T) {
	var none *redact.Secrets
	none.Learn("tr0ub4dor")
	none.Add(knowing("x"))
	if got := none.Hide("tr0ub4dor"); got != "tr0ub4dor" {
		t.Error(got)
	}
	if got := (&redact.Secrets{}).Hide("tr0ub4dor"); got != "tr0ub4dor" {
		t.Error(got)
	}
}

// The tag of a secret that somebody chose shows nothing of it; that of a token
// shows its first characters, as the journal does.
func TestTagOfWhatSomebodyChose(t *testing.T) {
	const long = "C4nary-of-more-than-twenty-four-characters"
	s := knowing(long)
	s.LearnIssued("ya29.first-of-many-tokens-of-one-kind")
	if got := s.Hide(long + " ya29.first-of-many-tokens-of-one-kind"); got != mask.Digest(long)+" "+mask.Tag("ya29.first-of-many-tokens-of-one-kind") || strings.Contains(got, "C4") {
		t.Error(got)
	}
}

// A word that a stimulus sends for a state or a code is not a secret: hiding it would
// hide the word everywhere.
func TestPlainWordIsNotIssued(t *testing.T) {
	s := &redact.Secrets{}
	s.LearnIssued("another", "one-more", "an0ther", "a-state-that-was-sent")
	if got, want := s.Hide("another one-more an0ther a-state-that-was-sent"), "another one-more "+mask.Tag("an0ther")+" "+mask.Tag("a-state-that-was-sent"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A copy learns on its own.
func TestClone(t *testing.T) {
	first := knowing("tr0ub4dor")
	second := &redact.Secrets{}
	second.Add(first)
	second.Learn("an0ther-one")
	if first.Hide("an0ther-one") != "an0ther-one" || second.Hide("tr0ub4dor an0ther-one") != mask.Tag("tr0ub4dor")+" "+mask.Tag("an0ther-one") {
		t.Error("the copy and the original know the same")
	}
}

func FuzzHide(f *testing.F) {
	f.Add("tr0ub4dor", "before tr0ub4dor after")
	f.Add(difficult, url.QueryEscape(difficult))
	f.Add("aaaaa", "aaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, secret, text string) {
		s := knowing(secret)
		if len(secret) < 5 || strings.Contains(mask.Tag(secret), secret) {
			return
		}
		if got := s.Hide(text + secret + text); strings.Contains(got, secret) {
			t.Errorf("%q in %q", secret, got)
		}
	})
}

func BenchmarkLearn(b *testing.B) {
	s := &redact.Secrets{}
	n := 0
	for b.Loop() {
		n++
		s.LearnCredentials("user", "pass-of-user-"+strconv.Itoa(n))
	}
}

func BenchmarkHide(b *testing.B) {
	s := knowing("app-secret", "tr0ub4dor", difficult)
	text := strings.Repeat(`POST /token grant_type=refresh_token scope=openid email {"want": "alice", "got": "bob"} `, 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Hide(text)
	}
}

// TestManySecretsThatBeginAlike hides in a file of thousands of secrets with a common
// beginning, of every length: the work for a text does not grow with their number.
func TestManySecretsThatBeginAlike(t *testing.T) {
	s := &redact.Secrets{}
	var text strings.Builder
	for n := range 20_000 {
		for _, form := range []string{"same-%05d", "the-same-long-beginning-of-all-%05d", "%04x"} {
			secret := fmt.Sprintf(form, n)
			s.Learn(secret)
			text.WriteString(secret + "\n")
		}
	}
	for _, beginning := range []string{"same-0…", "the-same-long-b…"} {
		text.WriteString(beginning + "\n")
	}
	hidden := s.Hide(text.String())
	for line := range strings.Lines(hidden) {
		if strings.Contains(line, "same") || len(line) > len("…01234567…\n") {
			t.Fatalf("left: %q", line)
		}
	}
	if lines := strings.Count(hidden, "\n"); lines != 60_002 {
		t.Errorf("%d lines are left", lines)
	}
}
