package setting

import (
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// CheckBaseURL holds a text to what a base URL may be.
func CheckBaseURL(text string) error {
	_, wrong := strict.MemberOf((&mockprovider.Options{BaseURL: text}).Check())
	return wrong
}

// CheckHostname holds a text to what the host name of an issuer may be.
func CheckHostname(text string) error {
	_, wrong := strict.MemberOf((&mockprovider.Options{AllowedHosts: []string{text}}).Check())
	return wrong
}
