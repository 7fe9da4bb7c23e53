// Package drill is the drill language: the documents of scenario files and of the
// failure catalogue as Go values. Begin with Scenario.
//
// A scenario has steps, each with one verb and what it expects. An entry of a
// failure catalogue is a scenario with a header (Entry), a stimulus that is armed
// for it, and an outcome for each witness. Step lists the verbs; a subject, such
// as the bundled client or an app in a browser, does some of them or all.
package drill
