from case import ACCESS_TOKEN, ISSUER, play
from okta_jwt_verifier import AccessTokenVerifier


def verify():
    AccessTokenVerifier(issuer=ISSUER, audience="api://default").verify_sync(ACCESS_TOKEN)
    return "verified"


play("okta-jwt-verifier", {"verify": verify})
