use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse};
use rust_clients::*;

fn main() {
    play("openidconnect", version("openidconnect"), |case| {
        let http = http();
        let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(setting("ISSUER"))?, &http)?;
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(setting("CLIENT_ID")), Some(ClientSecret::new(setting("CLIENT_SECRET"))))
            .set_redirect_uri(RedirectUrl::new(setting("REDIRECT_URI"))?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["email", "offline_access"].map(|s| Scope::new(s.into())))
            .set_pkce_challenge(challenge)
            .url();
        let params = visit(url.as_str())?;
        if params.get("state") != Some(state.secret()) {
            return Err("another state".into());
        }
        let tokens = client.exchange_code(AuthorizationCode::new(params["code"].clone()))?.set_pkce_verifier(verifier).request(&http)?;
        let claims = tokens.id_token().ok_or("no ID token")?.claims(&client.id_token_verifier(), &nonce)?;
        match case {
            "userinfo" => {
                let info: CoreUserInfoClaims = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?.request(&http)?;
                Ok(format!("signed in as {}", info.email().ok_or("no email")?.as_str()))
            }
            "refresh" => {
                let renewed = client.exchange_refresh_token(tokens.refresh_token().ok_or("no refresh token")?)?.request(&http)?;
                match renewed.access_token().secret() == tokens.access_token().secret() {
                    true => Err("the same access token".into()),
                    false => Ok("refreshed".into()),
                }
            }
            _ => Ok(format!("signed in as {}", claims.email().ok_or("no email")?.as_str())),
        }
    });
}
