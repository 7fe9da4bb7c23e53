import jwt
import requests
from case import ACCESS_TOKEN, ISSUER, play


def verify():
    keys = jwt.PyJWKClient(requests.get(ISSUER + "/.well-known/openid-configuration", timeout=30).json()["jwks_uri"])
    key = keys.get_signing_key_from_jwt(ACCESS_TOKEN)
    return "given by " + jwt.decode(ACCESS_TOKEN, key, algorithms=["RS256"], issuer=ISSUER, options={"verify_aud": False})["sub"]


play("pyjwt", {"verify": verify})
