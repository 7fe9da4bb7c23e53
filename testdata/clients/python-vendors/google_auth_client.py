"""google-auth: it has no sign-in of its own, and verifies, refreshes and asks as a service account."""

import os
from urllib.parse import urlencode

import requests
from case import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, params, play, visit
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import credentials, id_token, service_account

TOKEN_URI = "https://oauth2.googleapis.com/token"
USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"


def tokens():
    asked = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "openid email", "access_type": "offline", "state": "a-random-state"}
    back = params(visit("https://accounts.google.com/o/oauth2/v2/auth?" + urlencode(asked)))
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT_URI, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return requests.post(TOKEN_URI, data=form, timeout=30).json()


def held(of):
    return credentials.Credentials(of["access_token"], refresh_token=of["refresh_token"], token_uri=TOKEN_URI, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)


def signed_in():
    return "signed in as " + id_token.verify_oauth2_token(tokens()["id_token"], Request(), CLIENT_ID)["email"]


def userinfo():
    return "signed in as " + AuthorizedSession(held(tokens())).get(USERINFO).json()["email"]


def refresh():
    mine = held(tokens())
    before = mine.token
    mine.refresh(Request())
    assert mine.token != before
    id_token.verify_oauth2_token(mine.id_token, Request(), CLIENT_ID)
    return "refreshed"


def token():
    email = os.environ["SERVICE_ACCOUNT"]
    info = {"type": "service_account", "client_email": email, "private_key": os.environ["SERVICE_ACCOUNT_KEY"], "private_key_id": "a-key", "token_uri": TOKEN_URI}
    robot = service_account.Credentials.from_service_account_info(info, scopes=["https://www.googleapis.com/auth/cloud-platform"])
    robot.refresh(Request())
    for_user = robot.with_scopes(["openid", "email"]).with_subject("bob@example.com")
    for_user.refresh(Request())
    assert requests.get(USERINFO, headers={"Authorization": "Bearer " + for_user.token}, timeout=30).json()["email"] == "bob@example.com"
    to_call = service_account.IDTokenCredentials.from_service_account_info(info, target_audience="https://run.example.app")
    to_call.refresh(Request())
    assert id_token.verify_oauth2_token(to_call.token, Request(), "https://run.example.app")["email"] == email
    return "given " + robot.token[:5]


def verify():
    info = requests.get("https://oauth2.googleapis.com/tokeninfo", params={"access_token": ACCESS_TOKEN}, timeout=30)
    assert info.json()["azp"] == CLIENT_ID, info.text
    return "good for " + info.json()["expires_in"]


play("google-auth", {"sign-in": signed_in, "tampered": signed_in, "userinfo": userinfo, "refresh": refresh, "token": token, "verify": verify})
