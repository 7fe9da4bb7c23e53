package dialectfile

import (
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// IsPublished reports whether the metadata name the URL of an endpoint (RFC 8414 section
// 2).
func IsPublished(e protocol.Endpoint) bool {
	return e == protocol.JWKSURI || e == protocol.CheckSessionIframe || strings.HasSuffix(string(e), "_endpoint")
}
