package mask

import (
	"strings"
	"testing"
)

func TestSecretNames(t *testing.T) {
	for _, name := range []string{
		"client_secret", "Client_Secret", "clientSecret", "client-secret", "clientsecret", "CLIENT_SECRET", "secret", "client_secret2", "secretValue",
		"password", "Password", "passwd", "pwd", "userPassword", "new_password", "password1", "password_confirmation", "passwordAgain", "passphrase",
		"apikey", "api_key", "apiKey", "X-Api-Key", "x-goog-api-key", "private_key", "AWS_SECRET_ACCESS_KEY", "credentials", "pin", "otp",
		"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "PGPASSWORD", "DB_PASSWORD", "pass", "db_pass", "security_answer",
	} {
		if !IsCredential(name) {
			t.Errorf("%s may be kept", name)
		}
	}
	for _, name := range []string{
		"access_token", "accessToken", "AccessToken", "refresh_token", "id_token", "token", "subject_token", "X-Auth-Token", "csrf", "csrf_token",
		"registration_access_token", "code", "device_code", "code_verifier", "assertion", "client_assertion", "request", "id_token_hint", "session_id", "bearer", "mfa_code",
	} {
		if !IsSecret(name) || IsCredential(name) {
			t.Errorf("%s: secret %v, credential %v", name, IsSecret(name), IsCredential(name))
		}
	}
	for _, name := range []string{
		"code_challenge", "code_challenge_method", "token_type", "token_type_hint", "requested_token_type", "token_endpoint", "token_endpoint_auth_method",
		"id_token_signed_response_alg", "id_token_encrypted_response_enc", "error_code", "errorCode", "country_code", "scope", "state", "nonce", "client_id", "redirect_uri",
		"response_type", "grant_type", "client_secret_expires_at", "authorization_endpoint", "authorization_details", "client_assertion_type", "request_uri",
		"expires_in", "refresh_token_expires_in", "password_policy", "Content-Type", "keys", "kid", "key_ops", "public_key", "user_code", "shipping", "",
	} {
		if IsSecret(name) {
			t.Errorf("%s cannot be read", name)
		}
	}
}

func TestSecretNamesCostNoMemory(t *testing.T) {
	long := strings.Repeat("n", 200)
	if n := testing.AllocsPerRun(100, func() { IsSecret("Client_Secret"); IsSecret(long) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
