package contradiction

import "github.com/authdrill/authdrill/mockprovider/persona"

// AsWritten returns provider settings as a file would have them: without what is made
// of files, and without what a persona comes with and an overlay makes meaningless.
func AsWritten(p persona.Persona) persona.Persona {
	p.Name, p.Keys = nameToCheck(p), persona.WrittenKeys(p.Keys)
	if of := &p.AccessToken; of.Format == "opaque" && (p.Dialect != nil || len(p.Keys) > 0) {
		of.SigningAlg = ""
	}
	if p.Dialect != nil && p.AccessToken.Format == "opaque" {
		p.AccessToken.Typ = ""
	}
	if p.Dialect != nil && !p.RefreshToken.Rotates() {
		p.RefreshToken.GraceWindow = 0
	}
	return p
}

// nameToCheck returns the name of a persona that comes with authdrill. One that
// was read from a file has a name of its own.
func nameToCheck(p persona.Persona) persona.Name {
	if p.Dialect != nil {
		return ""
	}
	return p.Name
}
