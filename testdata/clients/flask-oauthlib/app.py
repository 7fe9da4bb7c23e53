"""A Flask app that signs in with Google through Flask-OAuthlib, as its example and
the tutorials after it show it. Only its three URLs can be given from outside.

There is no state parameter, as the example has none: authdrill attack says what
comes of that. Unlike the example, it keeps when the token expires, refreshes it
where the user wanted to stay signed in, and reads the parameters of a denial with
get(): Google sends no error_reason, and Flask answers args['error_reason'] with 400.
"""
import os
import secrets
import time

import requests
from flask import Flask, redirect, request, session, url_for
from flask_oauthlib.client import OAuth, OAuthException
from markupsafe import escape

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)
oauth = OAuth(app)

google = oauth.remote_app(
    'google',
    consumer_key=os.environ['GOOGLE_CLIENT_ID'],
    consumer_secret=os.environ['GOOGLE_CLIENT_SECRET'],
    request_token_params={'scope': 'email'},
    base_url=os.environ.get('GOOGLE_BASE_URL', 'https://www.googleapis.com/oauth2/v1/'),
    request_token_url=None,
    access_token_method='POST',
    access_token_url=os.environ.get('GOOGLE_ACCESS_TOKEN_URL', 'https://accounts.google.com/o/oauth2/token'),
    authorize_url=os.environ.get('GOOGLE_AUTHORIZE_URL', 'https://accounts.google.com/o/oauth2/auth'),
)


@app.route('/')
def index():
    if 'google_token' not in session:
        return '<p><a href="/login">Sign in with Google</a>, or <a href="/login?stay=1">sign in and stay</a>'
    if session['expires_at'] <= time.time():
        why = refresh()
        if why:
            return again(why)
    me = google.get('userinfo')
    if me.status == 401:  # it is not the app's clock that decides
        why = refresh()
        if why:
            return again(why)
        me = google.get('userinfo')
    if me.status != 200:
        return again(me.data['error']['message'])
    return f'<p>Signed in as: {escape(me.data["email"])} <a href="/logout">Sign out</a>'


@app.route('/login')
def login():
    stay = {'access_type': 'offline'} if 'stay' in request.args else {}
    return google.authorize(callback=url_for('authorized', _external=True), **stay)


@app.route('/logout')
def logout():
    session.clear()
    return redirect(url_for('index'))


@app.route('/login/authorized')
def authorized():
    resp = google.authorized_response()
    if resp is None:
        return 'Access denied: reason=%s error=%s' % (
            escape(request.args.get('error_reason')),
            escape(request.args.get('error')),
        )
    keep(resp)
    return redirect(url_for('index'))


@google.tokengetter
def get_google_oauth_token():
    return session.get('google_token')


def keep(token):
    session['google_token'] = (token['access_token'], '')
    session['expires_at'] = time.time() + token['expires_in']
    if 'refresh_token' in token:  # Google sends it once
        session['refresh_token'] = token['refresh_token']


def refresh():
    """Gets another access token, or says why not. Flask-OAuthlib has nothing for it."""
    if 'refresh_token' not in session:
        return 'the access token has expired'
    answer = requests.post(google.access_token_url, timeout=8, data={
        'grant_type': 'refresh_token',
        'refresh_token': session['refresh_token'],
        'client_id': google.consumer_key,
        'client_secret': google.consumer_secret,
    })
    if answer.status_code != 200:
        return answer.json().get('error_description', answer.json()['error'])
    keep(answer.json())
    return None


def again(why):
    session.clear()
    return f'<p>Please sign in again: {escape(why)} <a href="/login">Sign in with Google</a>'


@app.errorhandler(OAuthException)
def failed(error):
    return f'<p>Google refused: {escape(error.data)} <a href="/login">Try again</a>', 502


if __name__ == '__main__':
    app.run('127.0.0.1', int(os.environ.get('PORT', '5000')))
