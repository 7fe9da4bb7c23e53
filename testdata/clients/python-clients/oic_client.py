from case import CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, play, visit
from oic.oic import Client
from oic.oic.message import AuthorizationErrorResponse, AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD

client = Client(client_authn_method=CLIENT_AUTHN_METHOD)
client.provider_config(ISSUER)
client.store_registration_info(RegistrationResponse(client_id=CLIENT_ID, client_secret=CLIENT_SECRET))


def sign_in():
    args = {"client_id": CLIENT_ID, "response_type": "code", "scope": ["openid", "email", "offline_access"], "nonce": "n-1", "redirect_uri": REDIRECT_URI, "state": "s-1"}
    url = client.construct_AuthorizationRequest(request_args=args).request(client.authorization_endpoint)
    answer = client.parse_response(AuthorizationResponse, info=visit(url), sformat="urlencoded")
    if isinstance(answer, AuthorizationErrorResponse):
        raise RuntimeError(answer["error"])
    tokens = client.do_access_token_request(state=answer["state"], request_args={"code": answer["code"], "redirect_uri": REDIRECT_URI}, authn_method="client_secret_basic")
    return tokens


def signed_in():
    return "signed in as " + sign_in()["id_token"]["email"]


def userinfo():
    sign_in()
    return "signed in as " + client.do_user_info_request(state="s-1")["email"]


def refresh():
    before = sign_in()["access_token"]
    assert client.do_access_token_refresh(state="s-1", authn_method="client_secret_basic")["access_token"] != before
    return "refreshed"


play("oic", {"sign-in": signed_in, "denial": sign_in, "tampered": sign_in, "userinfo": userinfo, "refresh": refresh})
