package interop

// pythonClients are libraries of Python.
func pythonClients() []client {
	at := func(library, program string, cases ...string) client {
		return client{library: library, language: "Python", folder: "python-clients", program: []string{"./.venv/bin/python", program}, cases: cases}
	}
	return []client{
		at("authlib", "authlib_client.py", signIn, userinfo, refresh, signOut, clientToken, verify, denial, tampered),
		at("requests-oauthlib", "requests_oauthlib_client.py", signIn, refresh, clientToken, denial),
		at("requests-oauth2client", "requests_oauth2client_client.py", signIn, userinfo, refresh, signOut, clientToken, verify, denial, tampered),
		at("httpx-oauth", "httpx_oauth_client.py", signIn, refresh, signOut, denial),
		at("oic", "oic_client.py", signIn, userinfo, refresh, denial, tampered),
		with(jwtTokens, at("pyjwt", "pyjwt_client.py", verify, verifyTampered)),
	}
}
