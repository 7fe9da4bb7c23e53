package client

// Bug is the name of a way to be wrong: a check that is left out, or a duty that
// is neglected. A client with a bug is for tests of tests, and for nothing else.
// Each is looked up in one place, beside the check it removes.
type Bug string
