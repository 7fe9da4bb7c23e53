"""MSAL for Python."""

import os
from urllib.parse import quote

import msal
from case import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, play, visit

AUTHORITY = "https://login.microsoftonline.com/"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
SCOPES = ["User.Read"]


def granted(result):
    """The library returns a refusal; it is raised."""
    if "error" in result:
        raise RuntimeError(result["error"] + ": " + result.get("error_description", ""))
    return result


def sign_in():
    app = msal.ConfidentialClientApplication(CLIENT_ID, client_credential=CLIENT_SECRET, authority=AUTHORITY + "contoso.example")
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT_URI)
    back = visit(flow["auth_uri"])
    answer = dict(msal.oauth2cli.oauth2.parse_qs(back.split("?", 1)[1]))
    result = granted(app.acquire_token_by_auth_code_flow(flow, {name: values[0] for name, values in answer.items()}))
    claims = result["id_token_claims"]
    account = app.get_accounts()[0]
    assert account["home_account_id"] == claims["oid"] + "." + claims["tid"], account
    return app, account, result


def signed_in():
    return "signed in as " + sign_in()[1]["username"]


def refresh():
    app, account, before = sign_in()
    cached = granted(app.acquire_token_silent_with_error(SCOPES, account))
    fresh = granted(app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True))
    assert cached["access_token"] == before["access_token"] != fresh["access_token"]
    refused = app.acquire_token_silent_with_error(["api://orders/read"], account)
    assert refused["classification"] == "consent_required" or refused["suberror"] == "consent_required", refused
    return "refreshed"


def token():
    robot = msal.ConfidentialClientApplication(os.environ["ROBOT_ID"], authority=AUTHORITY + TENANT, client_credential={"private_key": os.environ["ROBOT_KEY"], "thumbprint": "0" * 40})
    granted(robot.acquire_token_for_client(["https://graph.microsoft.com/.default"]))
    app = msal.ConfidentialClientApplication(CLIENT_ID, client_credential=CLIENT_SECRET, authority=AUTHORITY + TENANT)
    return "given " + granted(app.acquire_token_for_client(["api://orders/.default"]))["token_type"]


def device():
    app = msal.PublicClientApplication(CLIENT_ID, authority=AUTHORITY + "organizations")
    flow = app.initiate_device_flow(SCOPES)
    print("visit", flow["verification_uri"] + "?user_code=" + quote(flow["user_code"]), flush=True)
    granted(app.acquire_token_by_device_flow(flow))
    return "signed in as " + app.get_accounts()[0]["username"]


play("msal", {"sign-in": signed_in, "denial": sign_in, "refresh": refresh, "token": token, "device": device})
