package dialect

import (
	"encoding/xml"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
)

// Encode writes the members as a form, in XML, or leaves them to JSON.
func (m *imitation) Encode(members map[string]any, accept string) (body []byte, contentType string) {
	switch encodingFor(m.Encodings, accept) {
	case "form":
		form := url.Values{}
		for name, value := range members {
			form.Set(name, match.Text(value))
		}
		return []byte(form.Encode()), "application/x-www-form-urlencoded; charset=utf-8"
	case "xml":
		return asXML(m.XMLRoot, members), "application/xml; charset=utf-8"
	}
	return nil, ""
}

// encodingFor chooses by the types that a request accepts, in their order.
func encodingFor(offered []string, accept string) string {
	if len(offered) == 0 {
		return "json"
	}
	for part := range strings.SplitSeq(accept, ",") {
		kind, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		if name := encodings()[kind]; slices.Contains(offered, name) {
			return name
		}
	}
	return offered[0]
}

// encodings are the names of content types.
func encodings() map[string]string {
	return map[string]string{"application/json": "json", "application/xml": "xml", "application/x-www-form-urlencoded": "form"}
}

// asXML writes members as elements, in the order of their names.
func asXML(root string, members map[string]any) []byte {
	var out strings.Builder
	if root == "" {
		root = "OAuth"
	}
	out.WriteString("<" + root + ">")
	for _, name := range slices.Sorted(maps.Keys(members)) {
		out.WriteString("<" + name + ">")
		_ = xml.EscapeText(&out, []byte(match.Text(members[name]))) // a builder takes everything
		out.WriteString("</" + name + ">")
	}
	out.WriteString("</" + root + ">")
	return []byte(out.String())
}
