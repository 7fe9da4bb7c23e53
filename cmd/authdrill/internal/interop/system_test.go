package interop

// rubyClients are libraries of Ruby, as the system's packages have them.
func rubyClients() []client {
	at := func(library string, cases ...string) client {
		return client{library: library, language: "Ruby", folder: "ruby-clients", program: []string{"ruby", library + ".rb"}, system: true, cases: cases}
	}
	return []client{
		at("oauth2", signIn, refresh, clientToken, denial),
		at("openid_connect", signIn, userinfo, refresh, denial, tampered),
	}
}

// perlClients are libraries of Perl, as the system's packages have them.
func perlClients() []client {
	at := func(library, program string) client {
		return client{library: library, language: "Perl", folder: "perl-clients", program: []string{"perl", program}, system: true, cases: []string{signIn, refresh, denial}}
	}
	return []client{at("Net::OAuth2", "net-oauth2.pl"), at("LWP::Authen::OAuth2", "lwp-authen-oauth2.pl")}
}
