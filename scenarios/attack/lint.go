package attack

import "github.com/authdrill/authdrill/mockprovider/journal"

// lint is a rule that a client's requests are held to, over the sign-ins that a
// journal shows. It says what it saw.
type lint func(entries []*journal.Entry) (ok bool, saw string)

// lints are the rules by name.
func lints() map[string]lint { return map[string]lint{} }
