package endpoint

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// userCodeLetters leaves out vowels, so that no words arise, and what is easily
// mistaken (RFC 8628 section 6.1). Eight of 20 are 34 bits.
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"

// A user code is short enough to be guessed, so few guesses may fail (RFC 8628
// section 5.1): with these limits a code is hit by one in 250 million who try all
// they may while it lives.
const (
	guessWindow       = 15 * time.Minute // on the issuer's clock
	guessesOfBrowser  = 10
	guessesOfAddress  = 30
	guessesAltogether = 100
)

func (i *Issuer) userCode() string {
	if own := i.Grants.UserCode(); own != "" {
		return own
	}
	var raw [8]byte
	_, _ = i.Random.Read(raw[:]) // no source of randomness here fails
	code := make([]byte, 0, 9)
	for n, b := range raw {
		if n == 4 {
			code = append(code, '-')
		}
		code = append(code, userCodeLetters[int(b)%len(userCodeLetters)])
	}
	return string(code)
}

// enteredCode finds the device whose user code was entered. If there is none, or
// too many guesses have failed, it returns what to answer.
func (i *Issuer) enteredCode(r *request, browser string) (*store.Device, answer) {
	code := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("user_code")))
	counters := guessCounters(r.Request, browser)
	lax := slices.Contains(i.Persona().Lax, "user-code-guessable")
	wait := i.Store.CountGuess(counters, guessWindow, i.Clock.Now())
	switch {
	case wait > 0 && lax:
		r.x.Lax("user-code-guessable")
	case wait > 0:
		r.x.Decide("user_code", false, "too many wrong codes were entered", "RFC 8628 section 5.1")
		seconds := int64((wait + time.Second - 1) / time.Second)
		r.header().Set("Retry-After", strconv.FormatInt(seconds, 10))
		return nil, i.userCodePage(r, http.StatusTooManyRequests, code, "Too many wrong codes were entered. Wait "+(time.Duration(seconds)*time.Second).String()+" and try again.")
	}
	d, ok := i.Store.DeviceOfUser(code, i.Clock.Now())
	if !ok && len(code) == 8 { // the hyphen is for the eye
		d, ok = i.Store.DeviceOfUser(code[:4]+"-"+code[4:], i.Clock.Now())
	}
	if !ok {
		r.x.Decide("user_code", false, "unknown, expired or answered", "RFC 8628 section 3.3")
		return nil, i.userCodePage(r, http.StatusOK, code, "This code is unknown, has expired, or was answered already.")
	}
	if wait == 0 {
		i.Store.UncountGuess(counters)
	}
	r.x.Decide("user_code", true, "found", "RFC 8628 section 3.3")
	return &d, nil
}

// guessCounters are what a guess counts against. A browser may drop its cookie, and
// a network has many addresses: so all guesses at the issuer count together too.
func guessCounters(r *http.Request, browser string) []store.Counter {
	address := r.RemoteAddr
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	return []store.Counter{{Name: "browser " + browser, Most: guessesOfBrowser}, {Name: "address " + address, Most: guessesOfAddress}, {Name: "", Most: guessesAltogether}}
}
