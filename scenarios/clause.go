package scenarios

import (
	"fmt"
	"regexp"
	"strings"
)

// Clause names a clause of a specification: RFC6749#4.1.2, OIDC.Core#3.1.3.7.
type Clause string

const clausePattern = `^(RFC[0-9]{3,5}|OIDC\.(Core|Discovery|Registration|RPInitiatedLogout|BackChannelLogout|FrontChannelLogout|SessionManagement)|OAuth\.(MultipleResponseTypes|FormPost))(#[0-9A-Z]+(\.[0-9A-Z]+)*)?$`

// UnmarshalText reads a clause.
func (c *Clause) UnmarshalText(text []byte) error {
	if !regexp.MustCompile(clausePattern).Match(text) {
		return fmt.Errorf("%q is not a clause: write one like RFC6749#4.1.2 or OIDC.Core#3.1.3.7", text)
	}
	*c = Clause(text)
	return nil
}

// JSONSchema describes a clause.
func (Clause) JSONSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": clausePattern}
}

// String is the clause as a reader writes it: RFC 6749 §4.1.2.
func (c Clause) String() string {
	document, section, found := strings.Cut(string(c), "#")
	document = strings.Replace(strings.Replace(document, "RFC", "RFC ", 1), ".", " ", 1)
	if !found {
		return document
	}
	return document + " §" + section
}

// URL is where the clause can be read.
func (c Clause) URL() string {
	document, section, found := strings.Cut(string(c), "#")
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
	}[document]
	return "https://openid.net/specs/" + page
}
