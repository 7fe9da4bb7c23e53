package mutant

// discovery returns the mutants about the metadata.
func discovery() []Mutant {
	return []Mutant{
		{
			Name: "discovery-issuer-unchecked", Check: "discovery_issuer", Spec: "OIDC Discovery 4.3",
			Doc: "takes metadata of another issuer",
		},
		{
			Name: "plain-endpoints-accepted", Check: "endpoint", Spec: "RFC 9700 section 2.6",
			Doc: "sends secrets to an endpoint without TLS, though the issuer has it",
		},
		{
			Name: "discovery-failure-kept", Check: "discovery", Spec: "OIDC Discovery 4.2",
			Doc: "never asks for the metadata again once they could not be had",
		},
		{
			Name: "discovery-kept", Check: "discovery", Spec: "OIDC Discovery 4.2",
			Doc: "never asks for the metadata again once it has them",
		},
		{
			Name: "discovery-members-refused", Check: "discovery", Spec: "OIDC Discovery 3",
			Doc: "refuses metadata with members it does not know",
		},
		{
			Name: "advertised-algs-trusted", Check: "alg", Spec: "RFC 8725 section 3.1",
			Doc: "takes any algorithm that the metadata names, none as well",
		},
		{
			Name: "metadata-guessed", Check: "discovery", Spec: "OIDC Discovery 4",
			Doc: "guesses the endpoints",
		},
	}
}
