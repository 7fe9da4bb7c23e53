package fault

// refusal is a cause to refuse a request for: CAUSE in the issuer's own words, or
// PERSONA/CAUSE in those of another. Package persona knows which there are.
type refusal string

func (r refusal) describe() string   { return "refuse " + string(r) }
func (r refusal) check(*Fault) error { return nil }
