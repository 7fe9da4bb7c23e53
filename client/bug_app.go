package client

// The bugs of the web app around the client: what it shows, whom it takes for
// whom, and what it does about cookies.
const ()

func appBugs() []BugInfo {
	return []BugInfo{}
}
