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
