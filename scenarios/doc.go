// Package scenarios loads scenario files and runs them against the bundled client,
// each at a provider of its own. Begin with Load and Run. A file is like this:
//
//	scenario: the user denies consent
//	steps:
//	  - sign_in: {user: alice, consent: deny}
//	    expect: {client: {outcome: rejected, error: access_denied}}
//
// Package drill explains the language.
package scenarios
