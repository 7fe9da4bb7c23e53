from case import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, visit
from requests_oauth2client import OAuth2Client

client = OAuth2Client.from_discovery_endpoint(issuer=ISSUER, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uri=REDIRECT_URI, testing=True)


def sign_in():
    request = client.authorization_request(scope="openid email offline_access")
    response = request.validate_callback(visit(request.uri))
    return client.authorization_code(response, validate=True)


def signed_in():
    return "signed in as " + sign_in().id_token.email


def userinfo():
    return "signed in as " + client.userinfo(sign_in())["email"]


def refresh():
    tokens = sign_in()
    assert client.refresh_token(tokens).access_token != tokens.access_token
    return "refreshed"


def sign_out():
    assert client.revoke_refresh_token(sign_in().refresh_token)
    return "signed out"


def token():
    return "given " + client.client_credentials().token_type


def verify():
    assert client.introspect_token(ACCESS_TOKEN)["active"]
    return "active"


play("requests-oauth2client", {"sign-in": signed_in, "denial": sign_in, "tampered": sign_in, "userinfo": userinfo, "refresh": refresh, "sign-out": sign_out, "token": token, "verify": verify})
