package report_test

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/result"
)

// TestClauses: every way in which a clause is cited, by files, the provider and
// the client, is a link to where it can be read.
func TestClauses(t *testing.T) {
	for cited, want := range map[string]string{
		"RFC6749":                   `href="https://www.rfc-editor.org/rfc/rfc6749" rel="noreferrer">RFC 6749<`,
		"RFC6749#4.1.2":             `href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2" rel="noreferrer">RFC 6749 §4.1.2<`,
		"RFC 6749 section 4.1.2":    `href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2" rel="noreferrer">RFC 6749 §4.1.2<`,
		"RFC 7636 appendix B":       `href="https://www.rfc-editor.org/rfc/rfc7636#appendix-B" rel="noreferrer">RFC 7636 appendix B<`,
		"OIDC.Core#3.1.3.7":         `href="https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.3.1.3.7" rel="noreferrer">OIDC Core §3.1.3.7<`,
		"OIDC Core 3.1.3.7 (6)":     `href="https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.3.1.3.7" rel="noreferrer">OIDC Core 3.1.3.7 (6)<`,
		"OIDC RPInitiatedLogout 2.": `href="https://openid.net/specs/openid-connect-rpinitiated-1_0.html#rfc.section.2" rel="noreferrer">OIDC RPInitiatedLogout 2.<`,
		"RFC6749#":                  `<span class="clause">RFC6749#<`,
		"RFC x section y":           `<span class="clause">RFC x §y<`,
		"the house rules":           `<span class="clause">the house rules<`,
	} {
		page := write(t, "html", []*result.Result{{Spec: []string{cited}, Outcome: result.Passed}}, report.Options{})
		if !strings.Contains(page, want) {
			t.Errorf("%q is not shown as %s", cited, want)
		}
	}
}
