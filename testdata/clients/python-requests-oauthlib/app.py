"""A web app on Flask and requests-oauthlib, as its documentation shows it: OAuth
2.0 and the userinfo endpoint. The library knows no ID tokens."""
import os
import secrets

from flask import Flask, jsonify, redirect, request, session
from requests_oauthlib import OAuth2Session

ISSUER = os.environ["OIDC_ISSUER"]
REDIRECT = f"http://127.0.0.1:{os.environ['PORT']}/callback"
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # this machine alone
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)
app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
ACCOUNTS = {}


def provider(**kw):
    return OAuth2Session(
        os.environ["OIDC_CLIENT_ID"], redirect_uri=REDIRECT, scope=["openid", "email", "profile", "offline_access"],
        auto_refresh_url=f"{ISSUER}/token", token_updater=lambda token: session.update(token=slim(token)),
        auto_refresh_kwargs={"client_id": os.environ["OIDC_CLIENT_ID"], "client_secret": os.environ["OIDC_CLIENT_SECRET"]}, **kw,
    )


def slim(token):
    return {k: token[k] for k in ("access_token", "refresh_token", "token_type", "expires_at") if k in token}


@app.get("/")
def home():
    return '<!doctype html><title>Example</title><p>Welcome. <a href="/login">Sign in</a></p>'


@app.get("/healthz")
def healthz():
    return "well"


@app.get("/login")
def login():
    oauth = provider(pkce="S256")
    address, state = oauth.authorization_url(f"{ISSUER}/authorize")
    session["login"] = {"state": state, "verifier": oauth._code_verifier}
    return redirect(address)


@app.get("/callback")
def callback():
    pending = session.pop("login")
    oauth = provider(state=pending["state"], pkce="S256")
    oauth._code_verifier = pending["verifier"]
    token = oauth.fetch_token(
        f"{ISSUER}/token", authorization_response=request.url, client_secret=os.environ["OIDC_CLIENT_SECRET"], timeout=8,
    )
    answer = oauth.get(f"{ISSUER}/userinfo", timeout=8)
    answer.raise_for_status()
    claims = answer.json()
    session.clear()
    session["user"] = {
        "account": ACCOUNTS.setdefault(claims["sub"], f"account-{len(ACCOUNTS) + 1}"),
        "sub": claims["sub"], "email": claims.get("email"), "name": claims.get("name"),
    }
    session["token"] = slim(token)
    return redirect("/")


@app.get("/me")
def me():
    if "user" not in session:
        return jsonify(signed_in=False), 401
    return jsonify(signed_in=True, **session["user"])


@app.get("/api")
def api():
    if "token" not in session:
        return jsonify(error="nobody is signed in"), 401
    answer = provider(token=session["token"]).get(os.environ["API_URL"], timeout=8)
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
