package endpoint

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// mostParameters is how many values a form or a query may have: each costs many
// times its two bytes.
const mostParameters = 256

// mostWords is how many scopes, or other words of a list, a request or a client may
// name: each is kept several times as something of its own, at a multiple of its
// length.
const mostWords = 256

// checkWords refuses a list with more words than any client needs.
func checkWords(form url.Values) error {
	for name := range form {
		if n := wordsIn(form, name); n > mostWords {
			return fmt.Errorf("%s has %d words, want at most %d", name, n, mostWords)
		}
	}
	return nil
}

// wordsIn is how many words a parameter has that is a list, by the separators of
// OAuth and of the personas; 0 of any other.
func wordsIn(form url.Values, name string) int {
	if !strings.Contains(name, "scope") && !slices.Contains([]string{"audience", "acr_values", "prompt", "response_type", "ui_locales", "claims_locales"}, name) {
		return 0
	}
	n := 0
	for _, value := range form[name] {
		n += 1 + strings.Count(value, " ") + strings.Count(value, ",")
	}
	return n
}

// checkLists refuses metadata with longer lists than any client needs.
func checkLists(c *store.Client) error {
	for name, list := range map[string][]string{"contacts": c.Contacts, "redirect_uris": c.RedirectURIs, "grant_types": protocol.Strings(c.GrantTypes), "response_types": protocol.Strings(c.ResponseTypes), "post_logout_redirect_uris": c.PostLogoutRedirectURIs} {
		if len(list) > mostWords {
			return fmt.Errorf("%s has %d values, want at most %d", name, len(list), mostWords)
		}
	}
	return nil
}

const (
	leavings  = 512 // of any request: a token, a session
	wordCost  = 64  // of a scope, in the lists that it gets into
	listsCost = 32 << 10
)

// count tells the pool what a request may leave behind, at the most.
func (i *Issuer) count(r *http.Request) {
	sent := len(r.URL.RawQuery)
	if r.ContentLength != 0 {
		sent += int(min(uint64(r.ContentLength), maxBody)) //nolint:gosec // an unknown length, -1, counts as the longest
	}
	if sent > 0 {
		cost := leavings + sent + budget.ValuesBytes(r.Form)
		for name := range r.Form {
			cost += wordCost * wordsIn(r.Form, name)
		}
		if r.Form == nil && r.ContentLength != 0 {
			cost += min(8*sent, listsCost) // the lists of a client's metadata, mostWords of each
		}
		i.Records.Add(cost)
	}
}
