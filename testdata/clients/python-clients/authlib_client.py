import secrets

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken
from case import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, params, play, visit

provider = requests.get(ISSUER + "/.well-known/openid-configuration", timeout=30).json()
session = OAuth2Session(
    CLIENT_ID, CLIENT_SECRET, scope="openid email offline_access", redirect_uri=REDIRECT_URI, code_challenge_method="S256",
    token_endpoint=provider["token_endpoint"], revocation_endpoint_auth_method="client_secret_basic",
)


def sign_in():
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    url, state = session.create_authorization_url(provider["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    back = visit(url)
    params(back)
    tokens = session.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
    keys = JsonWebKey.import_key_set(requests.get(provider["jwks_uri"], timeout=30).json())
    claims = jwt.decode(tokens["id_token"], keys, claims_cls=CodeIDToken, claims_options={"iss": {"value": ISSUER}, "aud": {"value": CLIENT_ID}}, claims_params={"nonce": nonce})
    claims.validate()
    return claims


def signed_in():
    return "signed in as " + sign_in()["email"]


def userinfo():
    sign_in()
    return "signed in as " + session.get(provider["userinfo_endpoint"]).json()["email"]


def refresh():
    sign_in()
    before = session.token["access_token"]
    session.refresh_token(provider["token_endpoint"], session.token["refresh_token"])
    assert session.token["access_token"] != before
    return "refreshed"


def sign_out():
    sign_in()
    assert session.revoke_token(provider["revocation_endpoint"], session.token["refresh_token"]).status_code == 200
    return "signed out"


def token():
    return "given " + session.fetch_token(provider["token_endpoint"], grant_type="client_credentials")["token_type"]


def verify():
    answer = session.introspect_token(provider["introspection_endpoint"], ACCESS_TOKEN).json()
    assert answer["active"]
    return "active"


play("authlib", {"sign-in": signed_in, "denial": sign_in, "tampered": sign_in, "userinfo": userinfo, "refresh": refresh, "sign-out": sign_out, "token": token, "verify": verify})
