from case import CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, visit
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

session = OAuth2Session(CLIENT_ID, scope=["openid", "email", "offline_access"], redirect_uri=REDIRECT_URI, pkce="S256")


def sign_in():
    url, _ = session.authorization_url(ISSUER + "/authorize")
    session.fetch_token(ISSUER + "/token", authorization_response=visit(url), client_secret=CLIENT_SECRET)
    return "signed in as " + session.get(ISSUER + "/userinfo").json()["email"]


def refresh():
    sign_in()
    before = session.token["access_token"]
    assert session.refresh_token(ISSUER + "/token", auth=(CLIENT_ID, CLIENT_SECRET))["access_token"] != before
    return "refreshed"


def token():
    own = OAuth2Session(client=BackendApplicationClient(CLIENT_ID))
    return "given " + own.fetch_token(ISSUER + "/token", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)["token_type"]


play("requests-oauthlib", {"sign-in": sign_in, "denial": sign_in, "refresh": refresh, "token": token})
