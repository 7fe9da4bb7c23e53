package grade

import (
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Find returns the finding of a card on an entry, ID, or on one of its variants,
// ID[LABEL]: with what is said of the entry. Without one it returns a name that the card
// has and that is spelled alike, or "".
func Find(card *attack.Card, name string) (f result.Result, nearest string, found bool) {
	id, _, ofOne := strings.Cut(name, "[")
	var ids, variants []string
	for _, f := range card.Findings {
		if f.ID == name {
			return f, "", true
		}
		ids = append(ids, f.ID)
		if f.ID != id {
			continue
		}
		for _, v := range f.Variants {
			full := f.ID + "[" + v.Variant + "]"
			if full == name {
				return ofVariant(f, v), "", true
			}
			variants = append(variants, full)
		}
	}
	if nearest, _ = strict.Nearest(name, variants); nearest == "" || !ofOne {
		nearest, _ = strict.Nearest(id, ids)
	}
	return result.Result{}, nearest, false
}

// ofVariant returns the finding on a variant. The conversation is that of the variant
// that decided.
func ofVariant(f, v result.Result) result.Result {
	if v.Variant != f.Variant {
		f.Messages = nil
	}
	f.Severity = worst(v.Causes, f.Severity)
	f.Variant, f.Verdict, f.Reason, f.Expected, f.Races, f.RacesLost = v.Variant, v.Verdict, v.Reason, v.Expected, v.Races, v.RacesLost
	f.Causes, f.Witnesses, f.Repeat, f.Variants = v.Causes, v.Witnesses, v.Repeat, nil
	return f
}
