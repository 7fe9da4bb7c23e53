"""A Flask app on Authlib: of the provider it knows what the file SETTINGS says."""
import os
import secrets

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for
from markupsafe import escape

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)
oauth = OAuth(app)

with open(os.environ["SETTINGS"]) as printed:
    exec(printed.read())  # as if it stood here


@app.get("/")
def home():
    return f"<p>Signed in as: {escape(session.get('email'))}"


@app.get("/login")
def login():
    return oauth.authdrill.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    session["email"] = oauth.authdrill.authorize_access_token()["userinfo"]["email"]
    return redirect("/")


app.run("127.0.0.1", int(os.environ["PORT"]))
