// Package scenarios reads scenario files and runs them. A scenario says what a
// provider is like, what the user, the client and the provider do, in order,
// and what must be seen:
//
//	scenario: the user denies consent
//	spec: [RFC6749#4.1.2.1]
//	steps:
//	  - authorize: {scope: openid email}
//	  - login: alice
//	  - consent: deny
//	  - callback:
//	    expect: {client: {outcome: rejected, error: access_denied}}
//
// A file holds one scenario, or several separated by ---. The smallest is three
// lines: a name, `steps:` and `- sign_in: alice`. What is absent has the
// defaults of package setup: persona spec, client app, users alice, bob and
// carol. Every step must succeed unless it expects otherwise.
//
// # Strictness
//
// A misspelt key must never pass. An unknown key, a duplicate, a wrong type, an
// unknown ${name}, a capture that is used before it is taken or never, a client,
// a user, a variable or an axis that is declared and not used: Load reports all
// of them, of all files at once, each with its place and a remedy, and then
// nothing is run.
//
// # Names in texts
//
// ${name} is replaced by a variable of vars, ${matrix.axis} for the value of an
// axis, ${env.NAME} for an environment variable that vars declares. They are
// filled in when the file is read. While the scenario runs ${issuer} is known,
// captures by their name, ${steps.<id>.path} for what a step with that id has
// seen, and ${token_response.scope} and the like for what was seen last.
// $${ is a literal ${.
//
// # Reuse
//
// include takes over a fragment: a file without `scenario` that has some of
// vars, provider, clients, users, client, app, faults and steps. The step `use`
// takes over the steps of one. A file whose name begins with _ is a fragment
// and is not loaded for itself.
package scenarios
