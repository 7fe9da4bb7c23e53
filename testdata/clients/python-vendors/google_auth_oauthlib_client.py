"""google-auth-oauthlib: a web app's flow, and an installed app's with a server for the answer."""

import threading
import webbrowser

import requests
from case import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, params, play, visit
from google.auth.transport.requests import Request
from google.oauth2 import id_token
from google_auth_oauthlib.flow import Flow, InstalledAppFlow

SCOPES = ["openid", "https://www.googleapis.com/auth/userinfo.email"]


def config(kind):
    return {kind: {
        "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": ["http://localhost"],
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token",
    }}


def of_web_app():
    flow = Flow.from_client_config(config("web"), SCOPES, redirect_uri=REDIRECT_URI)
    url, _ = flow.authorization_url(access_type="offline", include_granted_scopes="true", prompt="consent")
    back = visit(url)
    params(back)
    flow.fetch_token(authorization_response=back)
    return flow.credentials


class Browser(webbrowser.GenericBrowser):
    """Opens the page in a thread, as a browser does in its own process."""

    def __init__(self):
        super().__init__("a browser")

    def open(self, url, new=0, autoraise=True):
        threading.Thread(target=requests.get, args=(url,), kwargs={"timeout": 30}, daemon=True).start()
        return True


def of_installed_app():
    webbrowser.register("test", None, Browser(), preferred=True)
    return InstalledAppFlow.from_client_config(config("installed"), SCOPES).run_local_server(port=0, access_type="offline", timeout_seconds=30)


def verified(credentials):
    return id_token.verify_oauth2_token(credentials.id_token, Request(), CLIENT_ID)["email"]


def signed_in():
    assert verified(of_installed_app()) == verified(of_web_app())
    return "signed in as " + verified(of_web_app())


def refresh():
    credentials = of_web_app()
    before = credentials.token
    credentials.refresh(Request())
    assert credentials.token != before
    return "refreshed"


play("google-auth-oauthlib", {"sign-in": signed_in, "tampered": signed_in, "denial": of_web_app, "refresh": refresh})
