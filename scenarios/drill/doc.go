// Package drill is the drill language: the documents of scenario files and of failure
// catalogues, as Go values. Begin with Scenario, which is one document.
//
// A scenario sets up a provider, its clients and users, and lists steps. Each step has
// one verb, of those in Step, and must succeed unless its Expect says otherwise. An
// entry of a failure catalogue is a scenario with a header, Entry: its stimulus is what
// goes wrong, and its outcome what must be seen at the end. A subject, such as the
// bundled client or an app in a browser, can do some of the verbs or all of them.
package drill
