package setting

import (
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// undecidedSettings finds what a settings file that was found, and not named, wants
// without the user's decision. A stranger may have written it, and these settings
// let other machines, or web pages by way of DNS (rebinding), reach the provider,
// or let attack reach other machines.
func (c *Config) undecidedSettings(f *Flags) strict.Problems {
	var out strict.Problems
	refuse := func(at *strict.Node, value, what, flags string) {
		out = append(out, at.Problem(strict.Check, "start with "+flags+" if you want that, or name the file: --config "+FileName,
			"%s %s, and a file that was found without being named cannot decide that", value, what))
	}
	if c.Host != "" && !socket.Loopback(socket.Unbracketed(c.Host)) && !f.isDecided("host") && !f.isDecided("allow-non-loopback") {
		refuse(c.Node.Get("host"), c.Host, "is an address that other machines reach", "--host "+c.Host+" --allow-non-loopback")
	}
	if c.AllowNonLoopback != nil && *c.AllowNonLoopback && !f.isDecided("allow-non-loopback") {
		refuse(c.Node.Get("allow_non_loopback"), "true", "lets other machines reach the provider", "--allow-non-loopback")
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && !f.isDecided("base-url") && (err != nil || !socket.IsLocalName(u.Hostname())) {
		refuse(c.Node.Get("base_url"), c.BaseURL, "has a host name that is not this machine's", "--base-url "+c.BaseURL)
	}
	if f.isDecided("allow-host") {
		return out
	}
	for n, item := range c.AllowHost {
		at := c.Node.Get("allow_host")
		if at.Kind == strict.Sequence {
			at = at.Items[n]
		}
		for _, name := range socket.RemoteNames(strings.Split(item, ",")) { // as the flag reads it
			refuse(at, name, "is not a name of this machine", "--allow-host "+name)
		}
	}
	return out
}
