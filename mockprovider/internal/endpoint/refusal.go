package endpoint

import (
	"encoding/json"
	"encoding/xml"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// refusal is an error as the persona puts it: its own words for the cause, else
// the error as it is.
func (i *Issuer) refusal(d *persona.Dialect, x *journal.Exchange, e *oauthError) (persona.Refusal, persona.Values) {
	cause := e.cause
	if cause == "" {
		cause = x.Cause()
	}
	own := d.Errors[cause]
	if own.Code == "" {
		own.Code = e.Code
	}
	if own.Description.IsZero() && e.Description != "" {
		own.Description = persona.TreeOf(describable(e.Description))
	}
	if own.URI == "" {
		own.URI = e.URI
	}
	v := persona.Values{"error": own.Code, "now": i.Clock.Now().Unix(), "timestamp": persona.Timestamp(i.Clock.Now()), "issuer": i.Grants.Address, "request": requested(x)}
	if code, ok := x.Param("device_code"); ok {
		if device, ok := i.Store.Device(code, i.Clock.Now()); ok {
			v["interval"] = int64(device.Interval.Seconds())
		}
	}
	values := map[string]any{}
	v["values"] = values
	for _, trees := range []map[string]persona.Tree{d.Shapes.OAuth.Values, d.Shapes.API.Values, own.Values} {
		for _, name := range slices.Sorted(maps.Keys(trees)) { // random values follow the seed
			if value, ok := trees[name].Fill(v, i.Random); ok {
				values[name] = value
			}
		}
	}
	if own.Description.Removes() {
		own.Description = persona.Tree{}
	} else if text := own.Description.Text(v); text != "" {
		v["error_description"] = text
	}
	if own.URI != "" {
		v["error_uri"] = own.URI
	}
	return own, v
}

func requested(x *journal.Exchange) map[string]any {
	out := map[string]any{}
	for name, values := range x.Params() {
		out[name] = strings.Join(values, " ")
	}
	return out
}

// inDialect is an error in the persona's shape: that of its OAuth endpoints, or
// that of its API.
func (r *request) inDialect(d *persona.Dialect, api bool, e *oauthError) answer {
	i, shape := r.issuer, d.Shapes.OAuth
	if api {
		shape = d.Shapes.API
	}
	own, v := i.refusal(d, r.x, e)
	status := e.Status
	for _, s := range []int{shape.Status, own.Status} {
		if s != 0 {
			status = s
		}
	}
	v["status"] = int64(status)
	body := shape.Body
	if !own.Body.IsZero() {
		body = own.Body
	}
	if body.IsZero() {
		body = persona.TreeOf(map[string]any{"error": "${error}", "error_description": "${error_description}", "error_uri": "${error_uri}"})
	}
	for _, headers := range []map[string]persona.Tree{shape.Headers, own.Headers} {
		for name, tree := range headers {
			if text, ok := tree.Fill(headerValues(v), i.Random); ok {
				r.header().Set(name, match.Text(text))
			}
		}
	}
	tree, _ := body.Fill(v, i.Random)
	members, ok := tree.(map[string]any)
	switch {
	case !ok:
		return &raw{status: status, body: []byte(match.Text(tree)), response: map[string]any{"error": own.Code}}
	case api:
		return &document{status: status, members: members}
	}
	return &document{status: status, members: members, words: d}
}

// headerValues are values of which no text can end a quoted string of a header, or
// the header (RFC 9110 section 5.6.4): they may come from the request.
func headerValues(v persona.Values) persona.Values {
	out := persona.Values{}
	for name, value := range v {
		switch value := value.(type) {
		case string:
			out[name] = describable(value)
		case map[string]any:
			out[name] = map[string]any(headerValues(value))
		default:
			out[name] = value
		}
	}
	return out
}

// encode writes members in one of the persona's encodings, as the request's Accept
// chooses. Without a content type that is JSON.
func encode(d *persona.Dialect, members map[string]any, accept string) (body []byte, contentType string) {
	switch encodingFor(d.Encodings, accept) {
	case "form":
		form := url.Values{}
		for name, value := range members {
			form.Set(name, match.Text(value))
		}
		return []byte(form.Encode()), "application/x-www-form-urlencoded; charset=utf-8"
	case "xml":
		return asXML(d.XMLRoot, members), "application/xml; charset=utf-8"
	}
	return nil, ""
}

// encodingFor chooses by the types that a request accepts, in their order.
func encodingFor(offered []string, accept string) string {
	if len(offered) == 0 {
		return "json"
	}
	for _, part := range strings.Split(accept, ",") {
		kind, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		for name, is := range map[string]string{"json": "application/json", "xml": "application/xml", "form": "application/x-www-form-urlencoded"} {
			if kind == is && slices.Contains(offered, name) {
				return name
			}
		}
	}
	return offered[0]
}

// asXML writes members as elements, in the order of their names.
func asXML(root string, members map[string]any) []byte {
	var out strings.Builder
	if root == "" {
		root = "OAuth"
	}
	out.WriteString("<" + root + ">")
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out.WriteString("<" + name + ">")
		_ = xml.EscapeText(&out, []byte(match.Text(members[name]))) // a builder takes everything
		out.WriteString("</" + name + ">")
	}
	out.WriteString("</" + root + ">")
	return []byte(out.String())
}

// treeAnswer answers with a tree of the persona's, in JSON.
func treeAnswer(artifact protocol.Artifact, status int, tree any) answer {
	if members, ok := tree.(map[string]any); ok {
		return &document{status: status, artifact: artifact, members: members}
	}
	if tree == nil {
		return &raw{status: status}
	}
	body, err := json.Marshal(tree)
	if err != nil {
		return notMarshalled(err)
	}
	return &raw{status, "application/json", "no-store", body, map[string]any{"answer": tree}}
}
