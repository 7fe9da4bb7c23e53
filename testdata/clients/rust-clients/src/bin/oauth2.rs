use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl, IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RevocationUrl, Scope,
    StandardDeviceAuthorizationResponse, TokenIntrospectionResponse, TokenResponse, TokenUrl,
};
use rust_clients::*;

fn main() {
    play("oauth2", version("oauth2"), |case| {
        let issuer = setting("ISSUER");
        let http = http();
        let client = BasicClient::new(ClientId::new(setting("CLIENT_ID")))
            .set_client_secret(ClientSecret::new(setting("CLIENT_SECRET")))
            .set_auth_uri(AuthUrl::new(issuer.clone() + "/authorize")?)
            .set_token_uri(TokenUrl::new(issuer.clone() + "/token")?)
            .set_revocation_url(RevocationUrl::new(issuer.replace("http:", "https:") + "/revoke")?)
            .set_introspection_url(IntrospectionUrl::new(issuer.clone() + "/introspect")?)
            .set_device_authorization_url(DeviceAuthorizationUrl::new(issuer.clone() + "/device_authorization")?)
            .set_redirect_uri(RedirectUrl::new(setting("REDIRECT_URI"))?);
        let sign_in = || -> Result<BasicTokenResponse, Box<dyn std::error::Error>> {
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let (url, state) = client
                .authorize_url(CsrfToken::new_random)
                .add_scopes(["openid", "email", "offline_access"].map(|s| Scope::new(s.into())))
                .set_pkce_challenge(challenge)
                .url();
            let params = visit(url.as_str())?;
            if params.get("state") != Some(state.secret()) {
                return Err("another state".into());
            }
            let code = AuthorizationCode::new(params["code"].clone());
            Ok(client.exchange_code(code).set_pkce_verifier(verifier).request(&http)?)
        };
        let who = |tokens: &BasicTokenResponse| -> Outcome {
            let userinfo = http.get(issuer.clone() + "/userinfo").bearer_auth(tokens.access_token().secret()).send()?.text()?;
            let email = userinfo.split("\"email\":\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or("no email")?;
            Ok(format!("signed in as {email}"))
        };
        match case {
            "refresh" => {
                let tokens = sign_in()?;
                let renewed = client.exchange_refresh_token(tokens.refresh_token().ok_or("no refresh token")?).request(&http)?;
                if renewed.access_token().secret() == tokens.access_token().secret() {
                    return Err("the same access token".into());
                }
                Ok("refreshed".into())
            }
            "token" => Ok(format!("given {:?}", client.exchange_client_credentials().request(&http)?.token_type())),
            "verify" => {
                let token = oauth2::AccessToken::new(setting("ACCESS_TOKEN"));
                match client.introspect(&token).request(&http)?.active() {
                    true => Ok("active".into()),
                    false => Err("the token is not active".into()),
                }
            }
            "device" => {
                let started: StandardDeviceAuthorizationResponse =
                    client.exchange_device_code().add_scopes(["openid", "email"].map(|s| Scope::new(s.into()))).request(&http)?;
                println!("visit {}", started.verification_uri_complete().ok_or("no complete URI")?.secret());
                who(&client.exchange_device_access_token(&started).request(&http, std::thread::sleep, None)?)
            }
            _ => who(&sign_in()?),
        }
    });
}
