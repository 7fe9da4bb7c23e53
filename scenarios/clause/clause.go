// Package clause names clauses of the specifications, as scenarios, the failure
// catalogue and reports cite them.
//
// It is not an API to build on.
package clause

import (
	"fmt"
	"regexp"
	"strings"
)

// Clause is the name of a clause: RFC6749#4.1.2, OIDC.Core#3.1.3.7.
type Clause string

const pattern = `^(RFC[0-9]{3,5}|OIDC\.(Core|Discovery|Registration|RPInitiatedLogout|BackChannelLogout|FrontChannelLogout|SessionManagement|Federation|CIBA|FAPI1|SharedSignals)|OAuth\.(MultipleResponseTypes|FormPost|JARM)|CWE)(#[0-9A-Z]+(\.[0-9A-Z]+)*)?$`

var form = regexp.MustCompile(pattern)

// UnmarshalText reads a clause.
func (c *Clause) UnmarshalText(text []byte) error {
	if !form.Match(text) {
		return fmt.Errorf("%q is not a clause: write one like RFC6749#4.1.2 or OIDC.Core#3.1.3.7", text)
	}
	*c = Clause(text)
	return nil
}

// JSONSchema describes a clause.
func (Clause) JSONSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": pattern}
}

// String returns the clause as it is usually written: RFC 6749 §4.1.2.
func (c Clause) String() string {
	document, section, found := strings.Cut(string(c), "#")
	document = strings.Replace(strings.Replace(document, "RFC", "RFC ", 1), ".", " ", 1)
	switch {
	case !found:
		return document
	case document == "CWE":
		return "CWE-" + section
	}
	return document + " §" + section
}

// URL returns the address of the clause's text.
func (c Clause) URL() string {
	document, section, found := strings.Cut(string(c), "#")
	if document == "CWE" {
		return "https://cwe.mitre.org/data/definitions/" + section + ".html"
	}
	if number, ok := strings.CutPrefix(document, "RFC"); ok {
		url := "https://www.rfc-editor.org/rfc/rfc" + number
		if !found {
			return url
		}
		if section[0] >= 'A' && section[0] <= 'Z' {
			return url + "#appendix-" + section
		}
		return url + "#section-" + section
	}
	page := map[string]string{
		"OIDC.Core":                   "openid-connect-core-1_0.html",
		"OIDC.Discovery":              "openid-connect-discovery-1_0.html",
		"OIDC.Registration":           "openid-connect-registration-1_0.html",
		"OIDC.RPInitiatedLogout":      "openid-connect-rpinitiated-1_0.html",
		"OIDC.BackChannelLogout":      "openid-connect-backchannel-1_0.html",
		"OIDC.FrontChannelLogout":     "openid-connect-frontchannel-1_0.html",
		"OIDC.SessionManagement":      "openid-connect-session-1_0.html",
		"OAuth.MultipleResponseTypes": "oauth-v2-multiple-response-types-1_0.html",
		"OAuth.FormPost":              "oauth-v2-form-post-response-mode-1_0.html",
		"OAuth.JARM":                  "oauth-v2-jarm-final.html",
		"OIDC.Federation":             "openid-federation-1_0.html",
		"OIDC.CIBA":                   "openid-client-initiated-backchannel-authentication-core-1_0.html",
		"OIDC.FAPI1":                  "openid-financial-api-part-2-1_0.html",
		"OIDC.SharedSignals":          "openid-sharedsignals-framework-1_0-final.html",
	}[document]
	return "https://openid.net/specs/" + page
}
