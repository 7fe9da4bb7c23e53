package setting

import (
	"net/netip"
	"strings"

	"github.com/authdrill/authdrill/mockprovider"
)

// Proxies is the value of --trust-proxy, which may be left out.
type Proxies []netip.Prefix

func (p *Proxies) String() string {
	var out []string
	for _, network := range *p {
		out = append(out, network.String())
	}
	return strings.Join(out, ",")
}

// Type says what the values are.
func (p *Proxies) Type() string { return listType }

func (p *Proxies) IsBoolFlag() bool { return true }

// Clear takes back what the flag has so far.
func (p *Proxies) Clear() { *p = nil }

// Takes reports whether an argument is the value of the flag: a network or an address.
func (p *Proxies) Takes(arg string) bool {
	var read Proxies
	return arg != "" && arg[0] != '-' && read.Set(arg) == nil
}

func (p *Proxies) Set(text string) (err error) {
	switch text {
	case "true":
		*p, err = mockprovider.ParseProxies()
		return err
	case "false":
		*p = nil
		return nil
	}
	var names listValue
	_ = names.Set(text) // takes everything
	more, err := mockprovider.ParseProxies(names...)
	if err == nil {
		*p = append(*p, more...)
	}
	return err
}
