package client

// The bugs about the metadata.
const (
	DiscoveryIssuerUnchecked Bug = "discovery-issuer-unchecked"
	PlainEndpoints           Bug = "plain-endpoints-accepted"
)

func discoveryBugs() []BugInfo {
	return []BugInfo{
		{DiscoveryIssuerUnchecked, "discovery_issuer", "OIDC Discovery 4.3", "takes metadata of another issuer"},
		{PlainEndpoints, "endpoint", "RFC 9700 section 2.6", "sends secrets to an endpoint without TLS, though the issuer has it"},
	}
}
