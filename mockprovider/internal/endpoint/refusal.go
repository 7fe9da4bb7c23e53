package endpoint

import (
	"encoding/json"
	"encoding/xml"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// refusal is an error as the persona puts it: its own words for the cause, else
// the error as it is.
func (i *Issuer) refusal(d *persona.Dialect, x *journal.Exchange, e *oauthError) (persona.Refusal, persona.Values) {
	own := d.Errors[x.Cause()]
	if own.Code == "" {
		own.Code = e.Code
	}
	switch {
	case own.Description == "":
		own.Description = describable(e.Description)
	case own.Description == match.Absent:
		own.Description = ""
	}
	if own.URI == "" {
		own.URI = e.URI
	}
	v := persona.Values{"error": own.Code, "now": i.Clock.Now().Unix(), "issuer": i.Grants.Issuer, "values": own.Values, "request": requested(x)}
	if text, ok := persona.Fill(own.Description, v, i.Random); ok && own.Description != "" {
		own.Description, _ = text.(string)
		v["error_description"] = own.Description
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

// refuseInDialect answers with an error in a shape of the persona's.
func (i *Issuer) refuseInDialect(w http.ResponseWriter, x *journal.Exchange, d *persona.Dialect, shape persona.Shape, e *oauthError) {
	own, v := i.refusal(d, x, e)
	status := e.Status
	for _, s := range []int{shape.Status, own.Status} {
		if s != 0 {
			status = s
		}
	}
	v["status"] = int64(status)
	body := shape.Body
	if own.Body != nil {
		body = own.Body
	}
	if body == nil {
		body = map[string]any{"error": "${error}", "error_description": "${error_description}", "error_uri": "${error_uri}"}
	}
	for _, headers := range []map[string]string{shape.Headers, own.Headers} {
		for name, value := range headers {
			if text, ok := persona.Fill(value, v, i.Random); ok {
				w.Header().Set(name, match.Text(text))
			}
		}
	}
	tree, _ := persona.Fill(body, v, i.Random)
	members, ok := tree.(map[string]any)
	if !ok {
		x.Respond(map[string]any{"error": own.Code})
		w.WriteHeader(status)
		_, _ = w.Write([]byte(match.Text(tree)))
		return
	}
	i.writeDialect(w, x, d, status, members)
}

// writeDialect answers in one of the persona's encodings, as the request's
// Accept chooses.
func (i *Issuer) writeDialect(w http.ResponseWriter, x *journal.Exchange, d *persona.Dialect, status int, members map[string]any) {
	var body []byte
	contentType := ""
	switch encodingFor(d.Encodings, x.Header("Accept")) {
	case "form":
		form := url.Values{}
		for name, value := range members {
			form.Set(name, match.Text(value))
		}
		body, contentType = []byte(form.Encode()), "application/x-www-form-urlencoded; charset=utf-8"
	case "xml":
		body, contentType = asXML(d.XMLRoot, members), "application/xml; charset=utf-8"
	default:
		writeJSON(w, x, status, members)
		return
	}
	x.Respond(members)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: there is nobody to tell
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

// writeTree answers with a tree of the persona's, in JSON.
func writeTree(w http.ResponseWriter, x *journal.Exchange, status int, tree any) {
	if members, ok := tree.(map[string]any); ok {
		writeJSON(w, x, status, members)
		return
	}
	if tree == nil {
		w.WriteHeader(status)
		return
	}
	body, err := json.Marshal(tree)
	if err != nil {
		http.Error(w, "the answer cannot be written as JSON: "+err.Error(), http.StatusInternalServerError)
		return
	}
	x.Respond(map[string]any{"answer": tree})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
