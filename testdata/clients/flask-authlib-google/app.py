"""A Flask app that signs in with Google as one writes it today: Authlib, OpenID
Connect, and nothing of Google but the address of its metadata."""
import os
import secrets

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session, url_for
from markupsafe import escape

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)


def keep(token):
    kept = session.get('token', {})
    kept.update({k: token[k] for k in ('access_token', 'refresh_token', 'token_type', 'expires_at') if k in token})
    session['token'] = kept


oauth = OAuth(
    app,
    fetch_token=lambda name: session.get('token'),
    update_token=lambda name, token, **of: keep(token),
)
google = oauth.register(
    name='google',
    client_id=os.environ['GOOGLE_CLIENT_ID'],
    client_secret=os.environ['GOOGLE_CLIENT_SECRET'],
    server_metadata_url=os.environ.get('GOOGLE_METADATA_URL', 'https://accounts.google.com/.well-known/openid-configuration'),
    client_kwargs={'scope': 'openid email profile', 'code_challenge_method': 'S256', 'timeout': 8},
)


@app.route('/')
def index():
    if 'token' not in session:
        return '<p><a href="/login">Sign in with Google</a>, or <a href="/login?stay=1">sign in and stay</a>'
    try:
        answer = userinfo()  # Authlib refreshes what has expired by the app's clock
        if answer.status_code == 401 and 'refresh_token' in session['token']:
            keep(google.fetch_access_token(grant_type='refresh_token', refresh_token=session['token']['refresh_token']))
            answer = userinfo()
    except OAuthError as error:
        return again(error.description or error.error)
    if answer.status_code == 401:
        return again('the access token has expired')
    if answer.status_code != 200:
        return again(answer.json()['error']['message'])
    return f'<p>Signed in as: {escape(answer.json()["email"])} <a href="/logout">Sign out</a>'


def userinfo():
    return google.get(google.load_server_metadata()['userinfo_endpoint'])


@app.route('/login')
def login():
    stay = {'access_type': 'offline'} if 'stay' in request.args else {}
    return google.authorize_redirect(url_for('authorized', _external=True), **stay)


@app.route('/logout')
def logout():
    session.clear()
    return redirect(url_for('index'))


@app.route('/login/authorized')
def authorized():
    try:
        token = google.authorize_access_token()
    except OAuthError as error:
        if error.error == 'access_denied':
            return f'Access denied: reason={escape(error.description)} error={escape(error.error)}'
        return f'<p>Google refused: {escape(error)} <a href="/login">Try again</a>', 502
    session.clear()
    keep(token)
    return redirect(url_for('index'))


def again(why):
    session.clear()
    return f'<p>Please sign in again: {escape(why)} <a href="/login">Sign in with Google</a>'


if __name__ == '__main__':
    app.run('127.0.0.1', int(os.environ.get('PORT', '5000')))
