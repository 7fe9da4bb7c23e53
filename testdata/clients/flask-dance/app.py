"""A Flask app that signs in through Flask-Dance's own blueprint for Google, GitHub,
Facebook or Microsoft: the first whose client the environment has."""
import os
import secrets

from flask import Flask, redirect, session, url_for
from flask_dance.consumer import oauth_error
from flask_dance.contrib.azure import make_azure_blueprint
from flask_dance.contrib.facebook import make_facebook_blueprint
from flask_dance.contrib.github import make_github_blueprint
from flask_dance.contrib.google import make_google_blueprint
from markupsafe import escape
from oauthlib.oauth2 import OAuth2Error, TokenExpiredError

# Google and Microsoft give other scopes than were asked for, and other names to them.
os.environ.setdefault('OAUTHLIB_RELAX_TOKEN_SCOPE', '1')

MAKERS = {
    'GOOGLE': lambda **client: make_google_blueprint(scope=['openid', 'email'], offline=True, **client),
    'GITHUB': lambda **client: make_github_blueprint(scope='user:email', **client),
    'FACEBOOK': lambda **client: make_facebook_blueprint(scope='email', **client),
    'MICROSOFT': lambda **client: make_azure_blueprint(scope=['openid', 'User.Read', 'offline_access'], **client),
}
PROVIDER = next(name for name in MAKERS if f'{name}_CLIENT_ID' in os.environ)

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)

blueprint = MAKERS[PROVIDER](
    client_id=os.environ[f'{PROVIDER}_CLIENT_ID'], client_secret=os.environ[f'{PROVIDER}_CLIENT_SECRET'], redirect_to='index')
blueprint.base_url = os.environ.get(f'{PROVIDER}_API_URL', blueprint.base_url)
blueprint.authorization_url = os.environ.get(f'{PROVIDER}_AUTHORIZE_URL', blueprint.authorization_url)
blueprint.token_url = os.environ.get(f'{PROVIDER}_ACCESS_TOKEN_URL', blueprint.token_url)
if blueprint.auto_refresh_url:
    blueprint.auto_refresh_url = blueprint.token_url
app.register_blueprint(blueprint, url_prefix='/login')


@app.route('/')
def index():
    if not blueprint.session.authorized:
        return '<p><a href="/login">Sign in</a>'
    try:
        return f'<p>Signed in as: {escape(who())} <a href="/logout">Sign out</a>'
    except TokenExpiredError:  # by the app's clock; there is nothing to refresh it with
        return again('the access token has expired')
    except OAuth2Error as error:  # the refresh was refused
        return again(error.description or error.error)
    except Refused as refused:
        return again(refused)


class Refused(Exception):
    """What the provider says when it does not accept the token."""


def who():
    if PROVIDER == 'GOOGLE':
        return ask('/oauth2/v3/userinfo')['email']
    if PROVIDER == 'GITHUB':  # which has no address in the profile where it is private
        return ask('/user')['email'] or next(e['email'] for e in ask('/user/emails') if e['primary'])
    if PROVIDER == 'FACEBOOK':  # where not everybody has an address
        me = ask('/me?fields=id,name,email')
        return me.get('email', me['name'])
    me = ask('/v1.0/me')
    return me['mail'] or me['userPrincipalName']


def ask(path):
    answer = blueprint.session.get(path, timeout=8)
    if answer.status_code == 200:
        return answer.json()
    # Google speaks as OAuth does, GitHub has its message at the top, the others an
    # object of their own.
    said = answer.json()
    if isinstance(said.get('error'), dict):
        said = said['error']
    raise Refused(said.get('error_description') or said['message'])


@app.route('/login')
def login():
    return redirect(url_for(f'{blueprint.name}.login'))


@app.route('/logout')
def logout():
    session.clear()
    return redirect(url_for('index'))


@oauth_error.connect_via(blueprint)
def declined(_, error, error_description=None, **_more):
    return app.make_response(f'Access denied: reason={escape(error_description)} error={escape(error)}')


def again(why):
    session.clear()
    return f'<p>Please sign in again: {escape(why)} <a href="/login">Sign in</a>'


@app.errorhandler(OAuth2Error)
def failed(error):
    return f'<p>The provider refused: {escape(error)} <a href="/login">Try again</a>', 502


if __name__ == '__main__':
    app.run('127.0.0.1', int(os.environ.get('PORT', '5000')))
