import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { ACCESS_TOKEN, CLIENT_ID, issuer, play, say } from './case.mjs'

await play('aws-jwt-verify', {
  verify: async () => {
    const verifier = CognitoJwtVerifier.create({ userPoolId: issuer.pathname.slice(1), tokenUse: 'access', clientId: CLIENT_ID })
    const payload = await verifier.verify(ACCESS_TOKEN)
    say('given to', payload.username)
  },
})
