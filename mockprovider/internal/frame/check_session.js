"use strict";
const { cookie, compares } = document.documentElement.dataset;

// The digest is made here: crypto.subtle is there only where all pages around the frame
// came over TLS or from this machine.
function sha256(text) {
  const rotate = (x, n) => (x >>> n) | (x << (32 - n));
  const primes = [];
  for (let n = 2; primes.length < 64; n++) {
    if (primes.every((p) => n % p)) primes.push(n);
  }
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const k = primes.map((p) => fraction(Math.cbrt(p)));
  const state = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
  const bytes = [...new TextEncoder().encode(text)];
  const length = bytes.length;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let n = 7; n >= 0; n--) bytes.push(Math.floor((length * 8) / 2 ** (8 * n)) & 255);
  for (let at = 0; at < bytes.length; at += 64) {
    const w = [];
    for (let n = 0; n < 64; n++) {
      if (n < 16) {
        const b = bytes.slice(at + 4 * n, at + 4 * n + 4);
        w[n] = (b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3];
        continue;
      }
      const s0 = rotate(w[n - 15], 7) ^ rotate(w[n - 15], 18) ^ (w[n - 15] >>> 3);
      const s1 = rotate(w[n - 2], 17) ^ rotate(w[n - 2], 19) ^ (w[n - 2] >>> 10);
      w[n] = (w[n - 16] + s0 + w[n - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let n = 0; n < 64; n++) {
      const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + k[n] + w[n]) | 0;
      const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((x, n) => { state[n] = (state[n] + x) | 0; });
  }
  return state.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}

function browserState() {
  for (const pair of document.cookie.split("; ")) {
    if (pair.startsWith(cookie + "=")) return pair.slice(cookie.length + 1);
  }
  return "";
}

// asked remembers for which clients and origins the provider was asked.
const asked = new Map();

function ask(client, origin) {
  const key = client + " " + origin;
  if (!asked.has(key)) {
    const query = new URLSearchParams({ client_id: client, origin });
    asked.set(key, fetch(location.pathname + "/init?" + query).then((answer) => answer.ok, () => false));
  }
  return asked.get(key);
}

async function judge(message, origin) {
  const words = typeof message === "string" ? message.split(" ") : [];
  if (words.length !== 2 || words[0] === "") return "error";
  const [client, state] = words;
  if (compares === "sid") {
    if (!await ask(client, origin)) return "error";
    const now = browserState();
    return now === (state && sha256("session " + state)) ? "unchanged" : "changed";
  }
  const [, salt] = state.split(".");
  if (!salt) return "error";
  return sha256([client, origin, browserState(), salt].join(" ")) + "." + salt === state ? "unchanged" : "changed";
}

addEventListener("message", async ({ data, origin, source }) => {
  if (!source || source === window || origin === "null") return;
  source.postMessage(await judge(data, origin), origin);
});
