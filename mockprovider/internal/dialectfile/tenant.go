package dialectfile

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/template"
)

// MovedTo returns a dialect for another issuer of the same provider, a customer's own:
// the URLs at the host of the issuer are at the new one's, and the path of the issuer
// is the one that clients are told. The hosts in renamed take the place of others.
func (d Dialect) MovedTo(issuer string, renamed map[string]string) Dialect {
	pairs := []string{}
	if to, err := url.Parse(issuer); err == nil && issuer != "" {
		own, _ := url.Parse(d.Issuer)
		if strings.Trim(to.Path, "/") != "" && d.OpenID.Issuer != "" {
			pairs = append(pairs, d.Issuer+d.OpenID.Issuer+"/", strings.TrimSuffix(issuer, "/")+"/")
			d.IssuerPath = template.Replaced(d.IssuerPath, d.OpenID.Issuer, to.Path)
			d.OpenID.Issuer = to.Path
		}
		pairs = append(pairs, "https://"+own.Host+"/", "https://"+to.Host+"/")
		d.Issuer = "https://" + to.Host
		d.FurtherHosts = nil
	}
	for old, name := range renamed {
		pairs = append(pairs, "https://"+old+"/", "https://"+name+"/")
	}
	move := strings.NewReplacer(pairs...)
	urls := reflect.ValueOf(&d.Endpoints).Elem()
	for n := range urls.NumField() {
		urls.Field(n).Set(reflect.ValueOf(replacedAll(move, urls.Field(n).Interface().([]string))))
	}
	d.Resources = slices.Clone(d.Resources)
	for n := range d.Resources {
		d.Resources[n].URLs = replacedAll(move, d.Resources[n].URLs)
	}
	d.Calls = slices.Clone(d.Calls)
	for n := range d.Calls {
		d.Calls[n].URLs = replacedAll(move, d.Calls[n].URLs)
	}
	return d
}

func replacedAll(move *strings.Replacer, urls []string) []string {
	out := make([]string, 0, len(urls))
	for _, address := range urls {
		out = append(out, move.Replace(address))
	}
	return out
}
