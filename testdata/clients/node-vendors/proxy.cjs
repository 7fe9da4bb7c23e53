// Node 20 does not honour HTTPS_PROXY. With --require ./proxy.cjs each TLS connection
// to another host goes through it (RFC 9110 section 9.3.6), and the libraries know
// nothing of that.
const net = require('node:net')
const tls = require('node:tls')
const { Duplex } = require('node:stream')

const proxy = process.env.HTTPS_PROXY && new URL(process.env.HTTPS_PROXY)

// tunnel is a connection through the proxy: what is written waits for its answer.
function tunnel(host, port) {
  const wire = net.connect(Number(proxy.port), proxy.hostname)
  const waiting = []
  let open = false
  let head = ''
  const through = new Duplex({
    read() {},
    write(chunk, _, done) {
      if (open) return wire.write(chunk, done)
      waiting.push([chunk, done])
    },
    final(done) { wire.end(done) },
    destroy(error, done) { wire.destroy(); done(error) },
  })
  wire.on('connect', () => wire.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`))
  wire.on('error', error => through.destroy(error))
  wire.on('end', () => through.push(null))
  wire.on('data', chunk => {
    if (open) return void through.push(chunk)
    head += chunk.toString('latin1')
    if (!head.includes('\r\n\r\n')) return
    if (!/^HTTP\/1\.1 200 /.test(head)) return void through.destroy(new Error(`the proxy answers ${head.split('\r\n')[0]}`))
    open = true
    for (const [written, done] of waiting) wire.write(written, done)
  })
  return through
}

if (proxy) {
  const connect = tls.connect
  tls.connect = function (...args) {
    const [options] = args
    const host = options && typeof options === 'object' && options.host
    if (!host || options.socket || options.path || net.isIP(host) || host === 'localhost') return connect.apply(this, args)
    return connect.call(this, { ...options, servername: options.servername || host, socket: tunnel(host, options.port || 443) }, ...args.slice(1))
  }
}
