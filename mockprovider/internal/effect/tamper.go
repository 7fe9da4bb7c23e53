package effect

import (
	"cmp"
	"net/url"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// Token is a token that is not signed yet.
type Token struct {
	Header, Claims map[string]any
	Signature      fault.Signature // what to do to the signature
	SigningKey     string          // the kind of key to sign with
	Raw            string          // the whole token, in place of what would be made
}

// FalsifyToken changes a token as a fault says. Edits count from now.
func FalsifyToken(t *fault.Tamper, token *Token, now time.Time) {
	Apply(token.Claims, t.Claims, now)
	Apply(token.Header, t.Header, now)
	token.Signature = cmp.Or(t.Signature, token.Signature)
	token.SigningKey = cmp.Or(t.SigningKey, token.SigningKey)
	token.Raw = cmp.Or(token.Raw, t.Raw)
}

// FalsifyDocument changes the members of a document as a fault says. Edits count from
// now, and take from earlier what the document before this one had.
func FalsifyDocument(t *fault.Tamper, members, earlier map[string]any, now time.Time) {
	Apply(members, withEarlier(t.Set, earlier), now)
}

// FalsifyParameters sets parameters, also to lists, or removes them. Edits count
// from now.
func FalsifyParameters(t *fault.Tamper, params url.Values, now time.Time) {
	for name, change := range t.Set {
		var was any
		if params.Has(name) {
			was = params.Get(name)
		}
		value, there := edited(was, change, now)
		params.Del(name)
		switch several, ok := match.List(value); {
		case !there:
		case ok:
			for _, v := range several {
				if one, there := edited(was, v, now); there {
					params.Add(name, match.Text(one))
				}
			}
		default:
			params.Set(name, match.Text(value))
		}
	}
}
