// Node ignores HTTPS_PROXY. This file, loaded with --require, leads each TLS connection
// to another machine through that proxy (RFC 9110 section 9.3.6), below all libraries.
const net = require('node:net')
const tls = require('node:tls')
const { Duplex } = require('node:stream')

// Tunnel is a connection through the proxy: what is written waits until it is open.
class Tunnel extends Duplex {
  constructor(proxy, host, port) {
    super()
    this.open = false
    this.waiting = null
    this.wire = net.connect(proxy.port, proxy.hostname, () => this.wire.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`))
    let head = ''
    this.wire.on('data', data => {
      if (this.open) return void this.push(data)
      head += data.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      if (!/^HTTP\/1\.. 200/.test(head)) return void this.destroy(new Error(`the proxy answers ${head.split('\r\n')[0]}`))
      this.open = true
      if (head.length > end + 4) this.push(Buffer.from(head.slice(end + 4), 'latin1'))
      if (this.waiting) this.waiting()
    })
    this.wire.on('end', () => this.push(null))
    this.wire.on('error', e => this.destroy(e))
    this.wire.on('close', () => this.destroy())
  }

  _read() {}

  _write(data, encoding, done) {
    const write = () => this.wire.write(data, encoding, done)
    if (this.open) write()
    else this.waiting = write
  }

  _final(done) { this.wire.end(done) }

  _destroy(e, done) {
    this.wire.destroy()
    done(e)
  }

  setTimeout() { return this }
  setNoDelay() { return this }
  setKeepAlive() { return this }
  ref() { return this }
  unref() { return this }
}

const proxy = process.env.HTTPS_PROXY && new URL(process.env.HTTPS_PROXY)
const connect = tls.connect
if (proxy) {
  tls.connect = (...args) => {
    const options = typeof args[0] === 'object' ? args[0] : { ...(typeof args[1] === 'object' ? args[1] : args[2]), port: args[0], host: typeof args[1] === 'string' ? args[1] : undefined }
    const done = args.find(a => typeof a === 'function')
    const host = options.host || 'localhost'
    if (options.socket || ['localhost', '127.0.0.1', '::1'].includes(host)) return connect(...args)
    const socket = new Tunnel(proxy, host, options.port || 443)
    return connect({ ...options, servername: options.servername || host, socket }, done)
  }
}
