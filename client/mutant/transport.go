package mutant

// transport returns the mutants about the network.
func transport() []Mutant {
	return []Mutant{
		{
			Name: "retry-none", Check: "retry", Spec: "RFC 9110 section 9.2.2",
			Doc: "gives up at once, whatever it is configured to",
		},
		{
			Name: "retry-unbounded", Check: "retry", Spec: "RFC 9110 section 9.2.2",
			Doc: "repeats a failed request 50 times",
		},
		{
			Name: "retry-after-ignored", Check: "retry", Spec: "RFC 9110 section 10.2.3",
			Doc: "repeats a request sooner than Retry-After allows",
		},
		{
			Name: "timeout-none", Check: "timeout", Spec: "RFC 9110 section 9.2.2",
			Doc: "waits for an answer for ever",
		},
		{
			Name: "body-unbounded", Check: "body_size", Spec: "RFC 9110 section 8.6",
			Doc: "reads answers of up to a gigabyte",
		},
		{
			Name: "redirect-followed-with-credentials", Check: "redirect", Spec: "RFC 9700 section 4.12",
			Doc: "follows a redirect with its secrets",
		},
		{
			Name: "impatient", Check: "timeout", Spec: "RFC 9110 section 9.2.2",
			Doc: "gives up after two seconds",
		},
		{
			Name: "tls-unverified", Check: "tls", Spec: "RFC 9700 section 2.6",
			Doc: "does not verify the certificate of the provider",
		},
		{
			Name: "tls-old-version-accepted", Check: "tls", Spec: "RFC 8996 section 4",
			Doc: "speaks TLS 1.0",
		},
		{
			Name: "tls-request-refused", Check: "tls", Spec: "RFC 8446 section 4.3.2",
			Doc: "breaks off when it is asked for a certificate",
		},
		{
			Name: "length-required", Check: "body_size", Spec: "RFC 9112 section 6.3",
			Doc: "refuses answers to forms that do not announce their length",
		},
		{
			Name: "headers-limited", Check: "headers", Spec: "RFC 9110 section 5.4",
			Doc: "refuses answers with more than 8 kB of header",
		},
		{
			Name: "informational-ends", Check: "informational", Spec: "RFC 9110 section 15.2",
			Doc: "takes an informational answer for the last one",
		},
		{
			Name: "goaway-fails", Check: "connection", Spec: "RFC 9113 section 6.8",
			Doc: "gives an HTTP/2 answer up when its connection is to go away",
		},
		{
			Name: "one-at-a-time", Check: "timeout", Spec: "RFC 9110 section 9.2.2",
			Doc: "answers one request after the other, also while it waits for the provider",
			app: answerInTurn,
		},
	}
}
