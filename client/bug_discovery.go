package client

// The bugs about the metadata.
const (
	DiscoveryIssuerUnchecked Bug = "discovery-issuer-unchecked"
	PlainEndpoints           Bug = "plain-endpoints-accepted"
	DiscoveryFailureKept     Bug = "discovery-failure-kept"
	DiscoveryKept            Bug = "discovery-kept"
	DiscoveryMembersRefused  Bug = "discovery-members-refused"
	DiscoveryAlgsTrusted     Bug = "advertised-algs-trusted"
	MetadataGuessed          Bug = "metadata-guessed"
)

func discoveryBugs() []BugInfo {
	return []BugInfo{
		{DiscoveryIssuerUnchecked, "discovery_issuer", "OIDC Discovery 4.3", "takes metadata of another issuer"},
		{PlainEndpoints, "endpoint", "RFC 9700 section 2.6", "sends secrets to an endpoint without TLS, though the issuer has it"},
		{DiscoveryFailureKept, "discovery", "OIDC Discovery 4.2", "never asks for the metadata again once they could not be had"},
		{DiscoveryKept, "discovery", "OIDC Discovery 4.2", "never asks for the metadata again once it has them"},
		{DiscoveryMembersRefused, "discovery", "OIDC Discovery 3", "refuses metadata with members it does not know"},
		{DiscoveryAlgsTrusted, "alg", "RFC 8725 section 3.1", "takes any algorithm that the metadata names, none as well"},
		{MetadataGuessed, "discovery", "OIDC Discovery 4", "guesses the endpoints"},
	}
}
