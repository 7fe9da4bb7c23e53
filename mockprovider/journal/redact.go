package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"strings"
)

// Tag shortens a secret to a stable tag: enough to see that two are the same,
// not enough to use one. A JWT's tag leaves the signature out, which some
// algorithms make anew each time.
func Tag(secret string) string {
	if secret == "" {
		return ""
	}
	of, head := secret, ""
	if strings.Count(secret, ".") == 2 && strings.HasPrefix(secret, "eyJ") {
		of, head = secret[:strings.LastIndexByte(secret, '.')], "eyJ"
	} else if len(secret) > 24 {
		head = secret[:4]
	}
	sum := sha256.Sum256([]byte(of))
	return head + "…" + hex.EncodeToString(sum[:4])
}

// Secret reports whether a parameter or member holds something that must be
// shortened before a person sees it.
func Secret(name string) bool {
	switch name {
	case "access_token", "refresh_token", "id_token", "code", "code_verifier", "client_assertion", "assertion",
		"token", "id_token_hint", "logout_token", "device_code", "client_secret", "password", "csrf",
		"registration_access_token", "request":
		return true
	}
	return false
}

// credentials reports whether a parameter is a secret that outlives the
// exchange and so must not even be kept.
func credentials(name string) bool { return name == "client_secret" || name == "password" }

func tagSecrets(v url.Values) url.Values {
	for name := range v {
		if credentials(name) {
			v = maps.Clone(v)
			for n, values := range v {
				if credentials(n) {
					v[n] = tags(values)
				}
			}
			return v
		}
	}
	return v
}

func tags(values []string) []string {
	out := make([]string, len(values))
	for i, s := range values {
		out[i] = Tag(s)
	}
	return out
}

func tagCredentials(header string) string {
	scheme, rest, ok := strings.Cut(header, " ")
	if !ok {
		return Tag(header)
	}
	return scheme + " " + Tag(rest)
}

// Redacted returns a copy of e in which tokens, codes and secrets are tags.
func (e *Entry) Redacted() *Entry {
	out := *e
	out.Params = nil
	for name, values := range e.Params {
		if out.Params == nil {
			out.Params = make(url.Values, len(e.Params))
		}
		if Secret(name) {
			values = tags(values)
		}
		out.Params[name] = values
	}
	out.Response = redactMembers(e.Response)
	if location, ok := e.ResponseHeaders["Location"]; ok {
		out.ResponseHeaders = maps.Clone(e.ResponseHeaders)
		out.ResponseHeaders["Location"] = RedactURL(location)
	}
	return &out
}

func redactMembers(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for name, v := range m {
		switch t := v.(type) {
		case string:
			if Secret(name) {
				v = Tag(t)
			}
		case map[string]any:
			v = redactMembers(t)
		}
		out[name] = v
	}
	return out
}

// RedactURL shortens the secrets in a URL's query and fragment.
func RedactURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable URL)"
	}
	redact := func(encoded string) string {
		values, err := url.ParseQuery(encoded)
		if err != nil || encoded == "" {
			return encoded
		}
		hit := false
		for name := range values {
			if Secret(name) {
				values[name], hit = tags(values[name]), true
			}
		}
		if !hit {
			return encoded
		}
		return strings.ReplaceAll(values.Encode(), "%E2%80%A6", "…")
	}
	u.RawQuery = redact(u.RawQuery)
	fragment := redact(u.EscapedFragment())
	u.Fragment, u.RawFragment = "", ""
	if fragment != "" {
		return u.String() + "#" + fragment
	}
	return u.String()
}
