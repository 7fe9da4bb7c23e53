import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { ACCESS_TOKEN, ISSUER, play, say, within } from './case.mjs'

await play('express-oauth2-jwt-bearer', {
  verify: async () => {
    const body = await within(() => {
      const app = express()
      app.get('/api', auth({ issuerBaseURL: ISSUER, audience: ISSUER }), (r, w) => w.json(r.auth.payload))
      app.use((e, r, w, next) => w.status(e.status ?? 500).send(e.message))
      return app
    }, async url => {
      const response = await fetch(`${url}/api`, { headers: { authorization: `Bearer ${ACCESS_TOKEN}` } })
      if (response.status !== 200) throw new Error(await response.text())
      return response.text()
    })
    say('given to', JSON.parse(body).sub)
  },
})
