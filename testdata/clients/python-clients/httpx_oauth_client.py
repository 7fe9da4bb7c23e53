import asyncio

from case import CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, params, play, visit
from httpx_oauth.clients.openid import OpenID

client = OpenID(CLIENT_ID, CLIENT_SECRET, ISSUER + "/.well-known/openid-configuration", base_scopes=["openid", "email", "offline_access"])


async def tokens():
    url = await client.get_authorization_url(REDIRECT_URI, state="a-state-of-its-own")
    return await client.get_access_token(params(visit(url))["code"], REDIRECT_URI)


async def sign_in():
    _, email = await client.get_id_email((await tokens())["access_token"])
    return "signed in as " + email


async def refresh():
    old = await tokens()
    assert (await client.refresh_token(old["refresh_token"]))["access_token"] != old["access_token"]
    return "refreshed"


async def sign_out():
    await client.revoke_token((await tokens())["refresh_token"], "refresh_token")
    return "signed out"


def run(case):
    return lambda: asyncio.run(case())


play("httpx-oauth", {"sign-in": run(sign_in), "denial": run(tokens), "refresh": run(refresh), "sign-out": run(sign_out)})
