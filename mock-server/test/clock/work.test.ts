/**
 * Work that a world's program does in Node: completed work must not hold the world, pending work must. One row for each
 * function of Node that prepares work, on every version of Node.
 */
import * as crypto from "node:crypto"
import * as dns from "node:dns"
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import * as os from "node:os"
import * as path from "node:path"
import { Readable, Transform } from "node:stream"
import { finished, pipeline } from "node:stream/promises"
import * as timers from "node:timers/promises"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { longTransports } from "../../../vitest.size.js"
import { assertIdle, endWorld, get, makeWorld, megabytes, provide } from "./harness.js"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "work-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))
const data = crypto.randomBytes(megabytes(2))
const file = path.join(folder, "in")
fs.writeFileSync(file, data)
let copies = 0
const copy = () => path.join(folder, `copy-${copies++}`)

/** Functions of newer versions of Node. */
const argon2: Record<string, ((...args: Array<unknown>) => unknown) | undefined> = Object(crypto)
const argon2Options = { message: "a", nonce: Buffer.alloc(16), parallelism: 1, tagLength: 16, memory: 64, passes: 1 }

const ec = { name: "ECDSA", namedCurve: "P-256" }
const pair = () => crypto.generateKeyPairSync("ec", { namedCurve: "P-256" })

/** These leave no work when the call returns; some leave an idle object. */
const atOnce: Record<string, () => unknown> = {
  "crypto.randomUUID": () => crypto.randomUUID(),
  "crypto.randomUUID, without a cache": () => crypto.randomUUID({ disableEntropyCache: true }),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint8Array(16)),
  "the global crypto": () => globalThis.crypto.getRandomValues(new Uint32Array(4)),
  "crypto.randomBytes": () => crypto.randomBytes(8),
  "crypto.randomInt": () => crypto.randomInt(1_000),
  "crypto.randomFillSync": () => crypto.randomFillSync(Buffer.alloc(8)),
  "crypto.scryptSync": () => crypto.scryptSync("a", "b", 16),
  "crypto.pbkdf2Sync": () => crypto.pbkdf2Sync("a", "b", 1, 16, "sha256"),
  "crypto.hkdfSync": () => crypto.hkdfSync("sha256", "a", "b", "c", 16),
  "crypto.generateKeyPairSync": () => pair(),
  "crypto.generateKeySync": () => crypto.generateKeySync("hmac", { length: 64 }),
  "crypto.generatePrimeSync": () => crypto.generatePrimeSync(32),
  "crypto.checkPrimeSync": () => crypto.checkPrimeSync(7n),
  "crypto.sign and verify": () => {
    const { privateKey, publicKey } = pair()
    return crypto.verify("sha256", data, publicKey, crypto.sign("sha256", data, privateKey))
  },
  "crypto.diffieHellman": () => {
    const one = crypto.generateKeyPairSync("x25519")
    const other = crypto.generateKeyPairSync("x25519")
    return crypto.diffieHellman({ privateKey: one.privateKey, publicKey: other.publicKey })
  },
  "crypto.argon2Sync": () => argon2["argon2Sync"]?.("argon2id", argon2Options),
  "an export of a key": () => pair().privateKey.export({ type: "pkcs8", format: "pem" }),
  "a hash and an HMAC": () => crypto.createHmac("sha256", crypto.createHash("sha256").update(data).digest()).digest(),
  "an immediate that is cleared": () => clearImmediate(setImmediate(() => {})),
  "a timer that is cleared": () => clearTimeout(setTimeout(() => {}, 1_000)),
  "an unreferenced timer": () => setTimeout(() => {}, 60_000).unref(),
  "an interval": () => clearInterval(setInterval(() => {}, 1_000)),
  "AbortSignal.timeout": () => AbortSignal.timeout(60_000),
  "a Blob": () => new Blob([data]).slice(1, 2),
  "fs.openAsBlob": () => fs.openAsBlob(file),
  "a Blob's stream that is not read": () => new Blob([data]).stream(),
  "a Blob's stream that is cancelled": () => new Blob([data]).stream().cancel(),
  "a Blob's stream that is cancelled while it is read": async () => {
    const reader = (await fs.openAsBlob(file)).stream().getReader()
    await reader.read()
    await reader.cancel()
  },
  "a Blob's stream of which one chunk is read": () => new Blob([data]).stream().getReader().read(),
  "zlib.gzipSync": () => zlib.gunzipSync(zlib.gzipSync(data)),
  "zlib.brotliCompressSync": () => zlib.brotliCompressSync(data.subarray(0, 1_000)),
  "an unused gzip": () => zlib.createGzip(),
  "an unused CompressionStream": () => new CompressionStream("gzip"),
  "files, synchronously": () => fs.readFileSync(file).equals(data) && fs.opendirSync(folder).closeSync(),
  "a file stream that is destroyed": () => fs.createReadStream(file).destroy(),
  "a watch of a folder": () => fs.watch(folder).close(),
  "a message channel": () => new MessageChannel().port1.close(),
  "a resolver that is cancelled": () => new dns.Resolver().cancel(),
  "an async iterator that ends early": async () => {
    for await (const _piece of fs.createReadStream(file)) break
  }
}

/** Each of these ends at the same virtual time, by work in Node. */
const underWay: Record<string, () => Promise<unknown>> = {
  "crypto.randomBytes": () => promisify(crypto.randomBytes)(megabytes(8)),
  "crypto.randomFill": () => promisify(crypto.randomFill)(Buffer.alloc(megabytes(8))),
  "crypto.randomInt": () => promisify<number, number>(crypto.randomInt)(1_000),
  "crypto.scrypt": () => promisify(crypto.scrypt)("a", "b", 16),
  "crypto.pbkdf2": () => promisify(crypto.pbkdf2)("a", "b", 50_000, 16, "sha256"),
  "crypto.hkdf": () => promisify(crypto.hkdf)("sha256", "a", "b", "c", 16),
  "crypto.generateKeyPair": () => promisify(crypto.generateKeyPair)("rsa", { modulusLength: 1_024 }),
  "crypto.generateKey": () => promisify(crypto.generateKey)("hmac", { length: 64 }),
  "crypto.generatePrime": () => promisify(crypto.generatePrime)(256),
  "crypto.checkPrime": () => promisify(crypto.checkPrime)(2n ** 521n - 1n),
  "crypto.sign, with a callback": () =>
    new Promise((resolve) => crypto.sign("sha256", data, pair().privateKey, resolve)),
  "crypto.argon2": async () => {
    const call = argon2["argon2"]
    await (call === undefined ? timers.setImmediate() : new Promise((done) => call("argon2id", argon2Options, done)))
  },
  "WebCrypto, a digest": () => crypto.subtle.digest("SHA-256", data),
  "WebCrypto, keys": async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(ec, true, ["sign", "verify"])
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, data)
    await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, signature, data)
    await crypto.subtle.exportKey("spki", publicKey)
  },
  "WebCrypto, a cipher": async () => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"])
    await crypto.subtle.encrypt({ name: "AES-GCM", iv: Buffer.alloc(12) }, key, data)
  },
  "WebCrypto, derived bits": async () => {
    const key = await crypto.subtle.importKey("raw", data.subarray(0, 16), "PBKDF2", false, ["deriveBits"])
    await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash: "SHA-256", salt: data.subarray(0, 16), iterations: 50_000 },
      key,
      256
    )
  },
  "a hash as a stream": () => pipeline(fs.createReadStream(file), crypto.createHash("sha256")),
  "an immediate": () => timers.setImmediate(),
  "a timer": () => timers.setTimeout(20),
  "a timer that is refreshed before it fires": () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 20)
      setImmediate(() => timer.refresh())
    }),
  "a timer that is refreshed when it fires": () =>
    new Promise<void>((resolve) => {
      let fired = 0
      const timer = setTimeout(() => (++fired < 5 ? timer.refresh() : resolve()), 10)
    }),
  "a timer that is refreshed after it has fired": () =>
    new Promise<void>((resolve) => {
      let fired = 0
      const timer = setTimeout(() => {
        if (++fired === 2) resolve()
        else setImmediate(() => timer.refresh())
      }, 10)
    }),
  "the text of a Blob": () => new Blob([data, "end"]).text(),
  "a Blob of a file": async () => (await fs.openAsBlob(file)).arrayBuffer(),
  "a stream of a Blob of a file": async () => {
    for await (const _piece of (await fs.openAsBlob(file)).stream()) await null
  },
  "the Blob of a response": async () => (await new Response(data).blob()).arrayBuffer(),
  "gzip, with a callback": () => promisify(zlib.gzip)(data),
  "brotli, with a callback": () => promisify(zlib.brotliCompress)(data.subarray(0, 100_000)),
  "a gzip stream": () => finished(Readable.from([data]).pipe(zlib.createGzip()).resume()),
  "a CompressionStream": () =>
    new Response(new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"))).text(),
  "fs, with a callback": () => new Promise((resolve) => fs.readFile(file, resolve)),
  "fs.promises": async () => {
    const to = copy()
    await fsp.copyFile(file, to)
    await fsp.appendFile(to, "end")
    await fsp.rename(to, copy())
  },
  "a file handle": async () => {
    const handle = await fsp.open(file)
    await handle.read(Buffer.alloc(100), 0, 100, 0)
    await handle.close()
  },
  "a web stream of a file handle": async () => {
    const handle = await fsp.open(file)
    let bytes = 0
    for await (const piece of handle.readableWebStream()) bytes += Object(piece).byteLength
    await handle.close()
    assert.strictEqual(bytes, data.length)
  },
  "lines of a file handle": async () => {
    const handle = await fsp.open(new URL(import.meta.url))
    for await (const _line of handle.readLines()) await null
  },
  "a folder": async () => {
    for await (const _entry of await fsp.opendir(folder)) await null
  },
  "file streams": () =>
    pipeline(
      fs.createReadStream(file),
      new Transform({ transform: (piece, _encoding, done) => setImmediate(done, null, piece) }),
      fs.createWriteStream(copy())
    ),
  "dns.lookup": () => promisify(dns.lookup)("localhost"),
  "dns.lookupService": () => dns.promises.lookupService("127.0.0.1", 22)
}

for (const transport of longTransports) {
  describe(`synchronous work in Node, ${transport}`, () => {
    for (const [name, work] of Object.entries(atOnce)) {
      it(`does not hold time: ${name}`, async () => {
        const world = makeWorld({ stallAfter: 500 })
        const program = Effect.gen(function* () {
          yield* Effect.promise(async () => void (await work()))
          yield* Effect.sleep("1 minute")
          yield* Effect.flatMap(get("/late"), (response) => response.text)
        })
        const exit = await Effect.runPromiseExit(Effect.provide(program, provide(world, transport)))
        assert.isTrue(Exit.isSuccess(exit), String(exit))
        assert.strictEqual(world.time.elapsed, 90_000)
        assertIdle(world)
        endWorld(world)
      })
    }
  })

  describe(`asynchronous work in Node, ${transport}`, () => {
    for (const [name, work] of Object.entries(underWay)) {
      it(`holds time: ${name}`, async () => {
        const world = makeWorld({ stallAfter: 10_000 })
        const program = Effect.promise(async () => void (await work())).pipe(
          Effect.timeoutOption("1 hour"),
          Effect.tap(() => Effect.flatMap(get("/late"), (response) => response.text))
        )
        const result = await Effect.runPromise(Effect.provide(program, provide(world, transport)))
        assert.isTrue(Option.isSome(result))
        assert.strictEqual(world.time.elapsed, 30_000)
        assertIdle(world)
        endWorld(world)
      })
    }
  })
}
