import cognitojwt
from case import ACCESS_TOKEN, CLIENT_ID, ISSUER, play

pool = ISSUER.rsplit("/", 1)[1]


def verify():
    claims = cognitojwt.decode(ACCESS_TOKEN, pool.split("_")[0], pool, app_client_id=CLIENT_ID)
    return "given to " + claims["username"]


play("cognitojwt", {"verify": verify})
