import { createRemoteJWKSet, jwtVerify } from 'jose'
import { ACCESS_TOKEN, ISSUER, play, say } from './case.mjs'

await play('jose', {
  verify: async () => {
    const keys = createRemoteJWKSet(new URL((await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json()).jwks_uri))
    const { payload } = await jwtVerify(ACCESS_TOKEN, keys, { issuer: ISSUER, typ: 'at+jwt' })
    say('given by', payload.sub)
  },
})
