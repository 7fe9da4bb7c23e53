"""A web app on Flask and Authlib, as Authlib's documentation shows it."""
import os
import secrets
import time

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session, url_for

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)
app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")

oauth = OAuth(app)
oauth.register(
    name="provider",
    server_metadata_url=os.environ["OIDC_ISSUER"] + "/.well-known/openid-configuration",
    client_id=os.environ["OIDC_CLIENT_ID"],
    client_secret=os.environ["OIDC_CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256", "timeout": 8},
)

ACCOUNTS = {}


def account(iss, sub):
    return ACCOUNTS.setdefault((iss, sub), f"account-{len(ACCOUNTS) + 1}")


@app.get("/")
def home():
    return '<!doctype html><title>Example</title><p>Welcome. <a href="/login">Sign in</a></p>'


@app.get("/healthz")
def healthz():
    return "well"


@app.get("/login")
def login():
    return oauth.provider.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = oauth.provider.authorize_access_token()
    claims = token["userinfo"]
    session.clear()
    session["user"] = {
        "account": account(claims["iss"], claims["sub"]), "iss": claims["iss"], "sub": claims["sub"],
        "email": claims.get("email"), "name": claims.get("name"),
    }
    session["token"] = {k: token.get(k) for k in ("access_token", "refresh_token", "expires_at", "token_type")}
    return redirect("/")


@app.get("/me")
def me():
    if "user" not in session:
        return jsonify(signed_in=False), 401
    return jsonify(signed_in=True, **session["user"])


@app.get("/api")
def api():
    token = session.get("token")
    if not token:
        return jsonify(error="nobody is signed in"), 401
    if token.get("expires_at") and token["expires_at"] <= time.time() and token.get("refresh_token"):
        fresh = oauth.provider.fetch_access_token(grant_type="refresh_token", refresh_token=token["refresh_token"])
        token.update({k: fresh[k] for k in ("access_token", "refresh_token", "expires_at") if fresh.get(k)})
        session["token"] = token
    answer = requests.get(os.environ["API_URL"], headers={"Authorization": "Bearer " + token["access_token"]}, timeout=8)
    return jsonify(status=answer.status_code), answer.status_code


@app.post("/logout")
def logout():
    session.clear()
    return redirect("/")


@app.errorhandler(Exception)
def failed(error):
    app.logger.error("%s", error)
    status = getattr(error, "code", None)
    return '<!doctype html><title>Example</title><p>That failed. <a href="/login">Try again</a></p>', status if isinstance(status, int) and status < 500 else 403


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]), threaded=True)
