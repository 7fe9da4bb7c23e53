# The settings that authdrill env --for jupyterhub prints, with the addresses of a run.
import os
import socket


def unused_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


here = os.path.dirname(os.path.abspath(__file__))
app = "http://127.0.0.1:" + os.environ["PORT"]
issuer = os.environ["ISSUER"]

c = get_config()
c.JupyterHub.bind_url = app
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{unused_port()}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{unused_port()}"
c.ConfigurableHTTPProxy.command = [here + "/run/node_modules/.bin/configurable-http-proxy"]
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret = os.urandom(32)
c.ConfigurableHTTPProxy.auth_token = os.urandom(16).hex()
c.ConfigurableHTTPProxy.pid_file = f"{here}/run/proxy-{os.environ['PORT']}.pid"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.default_url = "/hub/home"
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = os.environ["CLIENT_ID"]
c.GenericOAuthenticator.client_secret = os.environ["CLIENT_SECRET"]
c.GenericOAuthenticator.authorize_url = issuer + "/authorize"
c.GenericOAuthenticator.token_url = issuer + "/token"
c.GenericOAuthenticator.userdata_url = issuer + "/userinfo"
c.GenericOAuthenticator.oauth_callback_url = app + "/hub/oauth_callback"
c.GenericOAuthenticator.scope = ["openid", "profile", "email"]
c.GenericOAuthenticator.username_claim = "email"
c.GenericOAuthenticator.allow_all = True
