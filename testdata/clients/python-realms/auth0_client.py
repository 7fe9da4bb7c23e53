from urllib.parse import urlencode, urlsplit

from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from auth0.exceptions import Auth0Error
from case import CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, params, play, visit

domain = urlsplit(ISSUER).netloc
client = GetToken(domain, CLIENT_ID, client_secret=CLIENT_SECRET)


def tokens():
    """The library leaves the authorization request to its app."""
    asked = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "openid email offline_access", "state": "a-state", "nonce": "a-nonce"}
    return client.authorization_code(params(visit(f"https://{domain}/authorize?{urlencode(asked)}"))["code"], REDIRECT_URI)


def sign_in():
    keys = AsymmetricSignatureVerifier(f"https://{domain}/.well-known/jwks.json")
    claims = TokenVerifier(signature_verifier=keys, issuer=ISSUER, audience=CLIENT_ID).verify(tokens()["id_token"], nonce="a-nonce")
    return "signed in as " + claims["email"]


def refresh():
    old = tokens()
    if client.refresh_token(old["refresh_token"])["access_token"] == old["access_token"]:
        raise RuntimeError("the same access token")
    return "refreshed"


def sign_out():
    token = tokens()["refresh_token"]
    RevokeToken(domain, CLIENT_ID, client_secret=CLIENT_SECRET).revoke_refresh_token(token)
    try:
        client.refresh_token(token)
    except Auth0Error as e:
        if e.status_code == 403 and e.error_code == "invalid_grant":
            return "signed out"
        raise
    raise RuntimeError("the refresh token is good")


play("auth0-python", {
    "sign-in": sign_in, "denial": sign_in, "tampered": sign_in, "refresh": refresh, "sign-out": sign_out,
    "userinfo": lambda: "signed in as " + Users(domain).userinfo(tokens()["access_token"])["email"],
    "token": lambda: "given " + client.client_credentials("https://api.example.com")["token_type"],
})
