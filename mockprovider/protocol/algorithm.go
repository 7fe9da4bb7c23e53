package protocol

import "slices"

// Algorithm is a JWS algorithm.
type Algorithm string

// The algorithms.
const (
	RS256 Algorithm = "RS256"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS256 Algorithm = "PS256"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"
	ES256 Algorithm = "ES256"
	ES384 Algorithm = "ES384"
	ES512 Algorithm = "ES512"
	EdDSA Algorithm = "EdDSA"
	HS256 Algorithm = "HS256"
)

type algorithmRow struct {
	algorithm Algorithm
	clause    string
}

func algorithms() []algorithmRow {
	return []algorithmRow{
		{RS256, "RFC 7518 section 3.3"},
		{RS384, "RFC 7518 section 3.3"},
		{RS512, "RFC 7518 section 3.3"},
		{PS256, "RFC 7518 section 3.5"},
		{PS384, "RFC 7518 section 3.5"},
		{PS512, "RFC 7518 section 3.5"},
		{ES256, "RFC 7518 section 3.4"},
		{ES384, "RFC 7518 section 3.4"},
		{ES512, "RFC 7518 section 3.4"},
		{EdDSA, "RFC 8037 section 3.1"},
		{HS256, "RFC 7518 section 3.2"},
	}
}

// isSymmetric reports whether whoever can verify a signature of a can make one.
func (a Algorithm) isSymmetric() bool { return a == HS256 }

// algorithmNames lists the algorithms; those of the group "signing" are the ones that a
// provider signs with, which leaves the symmetric one out.
func algorithmNames(group string) []string {
	all := names(algorithms(), func(r algorithmRow) string { return string(r.algorithm) })
	return slices.DeleteFunc(all, func(name string) bool {
		return group == "signing" && Algorithm(name).isSymmetric()
	})
}
