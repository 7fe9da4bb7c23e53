"""A Flask app that signs in with Facebook through requests-oauthlib and its
compliance fix for Facebook."""
import os
import secrets

from flask import Flask, redirect, request, session, url_for
from markupsafe import escape
from oauthlib.oauth2 import OAuth2Error, TokenExpiredError
from requests_oauthlib import OAuth2Session
from requests_oauthlib.compliance_fixes import facebook_compliance_fix

CLIENT_ID = os.environ['FACEBOOK_CLIENT_ID']
CLIENT_SECRET = os.environ['FACEBOOK_CLIENT_SECRET']
AUTHORIZE_URL = os.environ.get('FACEBOOK_AUTHORIZE_URL', 'https://www.facebook.com/v22.0/dialog/oauth')
ACCESS_TOKEN_URL = os.environ.get('FACEBOOK_ACCESS_TOKEN_URL', 'https://graph.facebook.com/v22.0/oauth/access_token')
GRAPH_URL = os.environ.get('FACEBOOK_GRAPH_URL', 'https://graph.facebook.com/v22.0')

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)


def facebook(**more):
    return facebook_compliance_fix(OAuth2Session(
        CLIENT_ID, redirect_uri=url_for('authorized', _external=True), scope=['email'], **more))


@app.route('/')
def index():
    if 'token' not in session:
        return '<p><a href="/login">Sign in with Facebook</a>'
    try:
        me = facebook(token=session['token']).get(f'{GRAPH_URL}/me?fields=id,name,email', timeout=8)
    except TokenExpiredError:  # by the app's clock; there is nothing to refresh it with
        return again('the access token has expired')
    if me.status_code != 200:
        return again(me.json()['error']['message'])
    # Who signed up with a telephone, or unticked the address, has none here.
    return f'<p>Signed in as: {escape(me.json().get("email", me.json()["name"]))} <a href="/logout">Sign out</a>'


@app.route('/login')
def login():
    address, session['state'] = facebook().authorization_url(AUTHORIZE_URL)
    return redirect(address)


@app.route('/logout')
def logout():
    session.clear()
    return redirect(url_for('index'))


@app.route('/login/authorized')
def authorized():
    if 'error' in request.args:
        return 'Access denied: reason=%s error=%s' % (
            escape(request.args['error_reason']),
            escape(request.args['error_description']),
        )
    session['token'] = facebook(state=session.pop('state')).fetch_token(
        ACCESS_TOKEN_URL, client_secret=CLIENT_SECRET, include_client_id=True, authorization_response=request.url, timeout=8)
    return redirect(url_for('index'))


def again(why):
    session.clear()
    return f'<p>Please sign in again: {escape(why)} <a href="/login">Sign in with Facebook</a>'


@app.errorhandler(OAuth2Error)
def failed(error):
    return f'<p>Facebook refused: {escape(error)} <a href="/login">Try again</a>', 502


if __name__ == '__main__':
    app.run('127.0.0.1', int(os.environ.get('PORT', '5000')))
