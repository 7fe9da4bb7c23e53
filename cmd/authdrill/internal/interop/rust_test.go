package interop

// rustClients are libraries of Rust.
func rustClients() []client {
	at := func(library string, cases ...string) client {
		return client{library: library, language: "Rust", folder: "rust-clients", program: []string{"./target/release/" + library}, cases: cases}
	}
	return []client{
		at("oauth2", signIn, refresh, clientToken, device, verify, denial),
		at("openidconnect", signIn, userinfo, refresh, denial, tampered),
	}
}
