// Package witness says what the four witnesses of a drill must see at its end:
// the provider, the browser, the app, and a sign-in afterwards. A witness has a
// file of its own with its keys in a document. Begin with Outcome.
package witness

import "reflect"

// Outcome is what must be seen at the end of a drill. What is absent is not
// judged. Whatever is expected, every answer of the app stays below 500, and a
// plain sign-in works afterwards.
type Outcome struct {
	App      App       `json:"app,omitzero" doc:"what the app, or the bundled client, makes of it"`
	Browser  Browser   `json:"browser,omitzero" doc:"what the browser was answered"`
	Provider Provider  `json:"provider,omitzero" doc:"what the provider was asked"`
	Recovery *Recovery `json:"recovery,omitempty" doc:"whether a plain sign-in works afterwards; default true"`
	Fails    string    `json:"fails,omitempty" enum:"security,robustness,ux" doc:"the class of the failure; default security for a sign-in that must not be, else robustness"`
}

// IsZero reports whether nothing is expected.
func (o *Outcome) IsZero() bool { return reflect.ValueOf(*o).IsZero() }
