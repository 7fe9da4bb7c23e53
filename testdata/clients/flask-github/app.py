"""A Flask app that signs in with GitHub through requests-oauthlib, as its
documentation has it, and asks for the address that the user keeps private."""
import os
import secrets

from flask import Flask, redirect, request, session, url_for
from markupsafe import escape
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session

CLIENT_ID = os.environ['GITHUB_CLIENT_ID']
CLIENT_SECRET = os.environ['GITHUB_CLIENT_SECRET']
AUTHORIZE_URL = os.environ.get('GITHUB_AUTHORIZE_URL', 'https://github.com/login/oauth/authorize')
ACCESS_TOKEN_URL = os.environ.get('GITHUB_ACCESS_TOKEN_URL', 'https://github.com/login/oauth/access_token')
API_URL = os.environ.get('GITHUB_API_URL', 'https://api.github.com')

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)


def github(**more):
    return OAuth2Session(CLIENT_ID, redirect_uri=url_for('authorized', _external=True), scope=['user:email'], **more)


@app.route('/')
def index():
    if 'token' not in session:
        return '<p><a href="/login">Sign in with GitHub</a>'
    user = github(token=session['token']).get(f'{API_URL}/user', timeout=8)
    if user.status_code != 200:
        return again(user.json()['message'])
    email = user.json()['email'] or private(session['token'])
    return f'<p>Signed in as: {escape(user.json()["login"])}, {escape(email)} <a href="/logout">Sign out</a>'


def private(token):
    """The user's first address. /user has none where the user does not show it."""
    emails = github(token=token).get(f'{API_URL}/user/emails', timeout=8).json()
    return next(e['email'] for e in emails if e['primary'] and e['verified'])


@app.route('/login')
def login():
    address, session['state'] = github().authorization_url(AUTHORIZE_URL)
    return redirect(address)


@app.route('/logout')
def logout():
    session.clear()
    return redirect(url_for('index'))


@app.route('/login/authorized')
def authorized():
    if 'error' in request.args:
        return 'Access denied: reason=%s error=%s' % (
            escape(request.args.get('error_description')),
            escape(request.args['error']),
        )
    session['token'] = github(state=session.pop('state')).fetch_token(
        ACCESS_TOKEN_URL, client_secret=CLIENT_SECRET, authorization_response=request.url, timeout=8)
    return redirect(url_for('index'))


def again(why):
    session.clear()
    return f'<p>Please sign in again: {escape(why)} <a href="/login">Sign in with GitHub</a>'


@app.errorhandler(OAuth2Error)
def failed(error):
    return f'<p>GitHub refused: {escape(error)} <a href="/login">Try again</a>', 502


if __name__ == '__main__':
    app.run('127.0.0.1', int(os.environ.get('PORT', '5000')))
