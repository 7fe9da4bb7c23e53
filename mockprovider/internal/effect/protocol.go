package effect

import "net/http"

// needsField says why headers cannot be sent over HTTP/2: where names the key that
// has them. It is empty where they can.
func needsField(where string, headers map[string]string) string {
	if name := connectionField(headers); name != "" {
		return where + " has " + name + ", a header about the connection, which HTTP/2 does not have (RFC 9113 section 8.2.2)"
	}
	return ""
}

// connectionField returns one of the headers that HTTP/2 does not have.
func connectionField(headers map[string]string) string {
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade"} {
		for given := range headers {
			if http.CanonicalHeaderKey(given) == name {
				return name
			}
		}
	}
	return ""
}
