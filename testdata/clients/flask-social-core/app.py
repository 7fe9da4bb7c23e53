"""A Flask app that signs in through social-auth-core and its own backend for Google,
GitHub, Facebook, Microsoft or Apple: the first whose client the environment has. Its
URLs are class attributes of the backend, as social-auth-core has them."""
import os
import secrets

from flask import Flask, redirect, request, session, url_for
from markupsafe import escape
from social_core.actions import do_auth, do_complete
from social_core.backends.apple import AppleIdAuth
from social_core.backends.azuread_tenant import AzureADV2TenantOAuth2
from social_core.backends.facebook import FacebookOAuth2
from social_core.backends.github import GithubOAuth2
from social_core.backends.google import GoogleOAuth2
from social_core.backends.microsoft import MicrosoftOAuth2
from social_core.exceptions import AuthCanceled, SocialAuthBaseException
from social_core.strategy import BaseStrategy

from storage import Storage, User

BACKENDS = {
    'GOOGLE': GoogleOAuth2,
    'GITHUB': GithubOAuth2,
    'FACEBOOK': FacebookOAuth2,
    'MICROSOFT': AzureADV2TenantOAuth2 if 'MICROSOFT_TENANT_ID' in os.environ else MicrosoftOAuth2,
    'APPLE': AppleIdAuth,
}
PROVIDER = next(name for name in BACKENDS if f'{name}_CLIENT_ID' in os.environ)
CLIENT_ID = os.environ[f'{PROVIDER}_CLIENT_ID']

app = Flask(__name__)
app.secret_key = secrets.token_hex(32)
app.config.update({
    'SOCIAL_AUTH_SECRET': os.environ[f'{PROVIDER}_CLIENT_SECRET'],
    'SOCIAL_AUTH_LOGIN_REDIRECT_URL': '/',
    'SOCIAL_AUTH_USER_FIELDS': ['fullname', 'email'],
    'SOCIAL_AUTH_PIPELINE': [  # the default one, whose users have no username
        'social_core.pipeline.social_auth.social_details',
        'social_core.pipeline.social_auth.social_names',
        'social_core.pipeline.social_auth.social_uid',
        'social_core.pipeline.social_auth.auth_allowed',
        'social_core.pipeline.social_auth.social_user',
        'social_core.pipeline.user.create_user',
        'social_core.pipeline.social_auth.associate_user',
        'social_core.pipeline.social_auth.load_extra_data',
    ],
})
app.config.update({
    'GOOGLE': {'SOCIAL_AUTH_KEY': CLIENT_ID, 'SOCIAL_AUTH_AUTH_EXTRA_ARGUMENTS': {'access_type': 'offline'}},
    'GITHUB': {'SOCIAL_AUTH_KEY': CLIENT_ID, 'SOCIAL_AUTH_SCOPE': ['user:email']},
    'FACEBOOK': {
        'SOCIAL_AUTH_KEY': CLIENT_ID,
        'SOCIAL_AUTH_SCOPE': ['email'],
        'SOCIAL_AUTH_PROFILE_EXTRA_PARAMS': {'fields': 'id,name,email'},
    },
    'MICROSOFT': {
        'SOCIAL_AUTH_KEY': CLIENT_ID,
        'SOCIAL_AUTH_MICROSOFT_GRAPH_SCOPE': ['offline_access'],  # the other backend asks for it anyway
        'SOCIAL_AUTH_TENANT_ID': os.environ.get('MICROSOFT_TENANT_ID', 'common'),
    },
    'APPLE': {
        'SOCIAL_AUTH_CLIENT': CLIENT_ID,
        'SOCIAL_AUTH_SCOPE': ['name', 'email'],
        'SOCIAL_AUTH_TEAM': os.environ.get('APPLE_TEAM_ID'),
        'SOCIAL_AUTH_KEY': os.environ.get('APPLE_KEY_ID'),
        'SESSION_COOKIE_SAMESITE': 'None',  # Apple's answer is a POST from another site
        'SESSION_COOKIE_SECURE': True,
    },
}[PROVIDER])


class Backend(BACKENDS[PROVIDER]):
    def request(self, url, **more):
        # Google's and Microsoft's have the address of the profile in their code.
        if url in ('https://www.googleapis.com/oauth2/v3/userinfo', 'https://graph.microsoft.com/v1.0/me'):
            url = os.environ.get(f'{PROVIDER}_PROFILE_URL', url)
        return super().request(url, **more)


for name in dir(Backend):
    if name.endswith(('_URL', '_ISSUER')) and f'{PROVIDER}_{name}' in os.environ:
        setattr(Backend, name, os.environ[f'{PROVIDER}_{name}'])


class Strategy(BaseStrategy):
    def get_setting(self, name):
        return app.config[name]

    def get_backend_class(self, name):
        return Backend

    def get_request_data(self, merge=True):
        return request.values.to_dict()

    def request_host(self):
        return request.host

    def build_absolute_uri(self, path=None):
        return request.host_url.rstrip('/') + (path or '')

    def redirect(self, url):
        return redirect(url)

    def session_get(self, name, default=None):
        return session.get(name, default)

    def session_set(self, name, value):
        session[name] = value

    def session_pop(self, name):
        return session.pop(name, None)


def backend():
    return Backend(Strategy(Storage), url_for('authorized'))


@app.route('/')
def index():
    user = User.all.get(session.get('user'))
    if user is None:
        return '<p><a href="/login">Sign in</a>'
    try:
        return f'<p>Signed in as: {escape(who(user))} <a href="/logout">Sign out</a> <a href="/revoke">Revoke</a>'
    except SocialAuthBaseException as error:
        session.clear()
        return f'<p>Please sign in again: {escape(error.detail or error)} <a href="/login">Sign in</a>'


def who(user):
    provider = backend()
    token = user.social.get_access_token(provider.strategy)  # another, where it has expired by the app's clock
    data = provider.user_data(token, response=user.social.extra_data)
    if not data:  # Apple has no profile but what comes with the sign-in, and its name once
        return f'{user.fullname} {user.email}'
    details = provider.get_user_details(data)
    return details['email'] or details['fullname']  # not everybody has an address at Facebook


@app.route('/login')
def login():
    return do_auth(backend())


@app.route('/login/authorized', methods=['GET', 'POST'])
def authorized():
    return do_complete(backend(), lambda provider, user, social: session.update(user=user.id))


@app.route('/revoke')
def revoke():
    social = User.all[session['user']].social
    backend().revoke_token(social.access_token, social.uid)
    return redirect(url_for('index'))


@app.route('/logout')
def logout():
    session.clear()
    return redirect(url_for('index'))


@app.errorhandler(AuthCanceled)
def declined(error):
    return f'Access denied: reason={escape(error.detail)} error={escape(error.provider_code)}'


@app.errorhandler(SocialAuthBaseException)
def failed(error):
    return f'<p>The provider refused: {escape(error.provider_code)} {escape(error.detail or error)} <a href="/login">Try again</a>', 502


if __name__ == '__main__':
    app.run('127.0.0.1', int(os.environ.get('PORT', '5000')))
