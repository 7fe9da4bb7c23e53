// Package cookie has the names of the bundled web app's cookies.
package cookie

import (
	"net/url"
	"strings"
)

// prefix begins what the names of all the cookies have in common.
const prefix = "authdrill_app_"

// Name returns the name of an app's cookie of that purpose. It tells apps on other
// ports of this host apart, as cookies do not; with https no other host may set it
// (RFC 6265bis 4.1.3). app is the URL of the app.
func Name(app *url.URL, purpose string) string {
	name := prefix + purpose
	if port := app.Port(); port != "" {
		name += "_" + port
	}
	if app.Scheme == "https" {
		name = "__Host-" + name
	}
	return name
}

// IsOf reports whether a name is that of a cookie of that purpose, of any app.
func IsOf(name, purpose string) bool { return strings.Contains(name, prefix+purpose) }
