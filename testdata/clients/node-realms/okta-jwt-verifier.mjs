import OktaJwtVerifier from '@okta/jwt-verifier'
import { ACCESS_TOKEN, CLIENT_ID, ISSUER, play, say } from './case.mjs'

await play('@okta/jwt-verifier', {
  verify: async () => {
    const verifier = new OktaJwtVerifier({ issuer: ISSUER, clientId: CLIENT_ID, assertClaims: { cid: CLIENT_ID } })
    const { claims } = await verifier.verifyAccessToken(ACCESS_TOKEN, 'api://default')
    say('given to', claims.uid)
  },
})
