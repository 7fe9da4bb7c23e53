package fault

import "net/http"

// NeedsHTTP1 says why a fault cannot strike an exchange over HTTP/2; it is empty
// where it can.
func (f *Fault) NeedsHTTP1() string {
	switch {
	case f.Connection != "" && f.Connection != "slow":
		return "connection: " + f.Connection + " happens to a connection, and an HTTP/2 exchange has only a stream of one that others share (RFC 9113 section 5)"
	case f.Respond != nil && f.Respond.ContentLength != nil:
		return "respond.content_length is a lie about where the answer ends, and in HTTP/2 the frames say where (RFC 9113 section 8.1.1)"
	case f.Respond != nil && connectionField(f.Respond.Headers) != "":
		return "respond.headers has " + connectionField(f.Respond.Headers) + ", a header about the connection, which HTTP/2 does not have (RFC 9113 section 8.2.2)"
	case f.Wire == nil:
		return ""
	case f.Wire.Version != "":
		return "wire.version is the answer in HTTP/" + f.Wire.Version + " (RFC 9112 section 2.3)"
	case f.Wire.LengthOff != 0:
		return "wire.length_off is a lie about where the answer ends, and in HTTP/2 the frames say where (RFC 9113 section 8.1.1)"
	case connectionField(f.Wire.Headers) != "":
		return "wire.headers has " + connectionField(f.Wire.Headers) + ", a header about the connection, which HTTP/2 does not have (RFC 9113 section 8.2.2)"
	}
	return ""
}

// connectionField is one of the headers that HTTP/2 does not have.
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
