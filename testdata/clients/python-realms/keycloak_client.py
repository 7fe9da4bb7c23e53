import time

from case import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, params, play, visit
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakPostError

server, _, realm = ISSUER.partition("/realms/")
client = KeycloakOpenID(server_url=server + "/", realm_name=realm, client_id=CLIENT_ID, client_secret_key=CLIENT_SECRET)


def tokens():
    back = params(visit(client.auth_url(redirect_uri=REDIRECT_URI, scope="openid email", state="a-state", nonce="a-nonce")))
    return client.token(grant_type="authorization_code", code=back["code"], redirect_uri=REDIRECT_URI)


def sign_in():
    claims = client.decode_token(tokens()["id_token"], check_claims={"iss": ISSUER, "aud": CLIENT_ID, "nonce": "a-nonce"})
    return "signed in as " + claims["email"]


def refresh():
    old = tokens()
    if client.refresh_token(old["refresh_token"])["access_token"] == old["access_token"]:
        raise RuntimeError("the same access token")
    return "refreshed"


def sign_out():
    old = tokens()
    client.logout(old["refresh_token"])
    if client.introspect(old["access_token"])["active"]:
        raise RuntimeError("the access token is active")
    return "signed out"


def device():
    started = client.device("openid email")
    print("visit", started["verification_uri_complete"], flush=True)
    while True:
        time.sleep(started["interval"])
        try:
            got = client.token(grant_type="urn:ietf:params:oauth:grant-type:device_code", device_code=started["device_code"])
            return "signed in as " + client.userinfo(got["access_token"])["email"]
        except KeycloakPostError as e:
            if b"authorization_pending" not in e.response_body:
                raise


def verify():
    key = "-----BEGIN PUBLIC KEY-----\n" + client.public_key() + "\n-----END PUBLIC KEY-----"
    from jwcrypto import jwk

    claims = client.decode_token(ACCESS_TOKEN, key=jwk.JWK.from_pem(key.encode()), check_claims={"iss": ISSUER})
    active = client.introspect(ACCESS_TOKEN)
    if not active["active"] or active["username"] != "alice" or "offline_access" not in claims["realm_access"]["roles"]:
        raise RuntimeError(f"{active} {claims}")
    return "given to " + claims["preferred_username"]


play("python-keycloak", {
    "sign-in": sign_in, "denial": sign_in, "tampered": sign_in, "refresh": refresh, "sign-out": sign_out, "device": device, "verify": verify,
    "userinfo": lambda: "signed in as " + client.userinfo(tokens()["access_token"])["email"],
    "token": lambda: "given " + client.token(grant_type="client_credentials")["token_type"],
})
