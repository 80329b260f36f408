/**
 * Computes checksums for verified downloads with `node:crypto`, and `crc32` with `node:zlib`.
 *
 * @since 0.1.0
 */
import { createHash, getHashes } from "node:crypto"
import { crc32 } from "node:zlib"
import { Hashing } from "@effect-pixxel/client/Hashing"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** The names in OpenSSL. */
const names = { "sha-512": "sha512", "sha-256": "sha256", "sha-1": "sha1", md5: "md5" } as const

const crc = (): Hashing.Hash => {
  let sum = 0
  return {
    update: (bytes) => {
      sum = crc32(bytes, sum)
    },
    digest: () => {
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setUint32(0, sum)
      return bytes
    }
  }
}

const start = (algorithm: Hashing.Algorithm): Option.Option<Hashing.Hash> => {
  if (algorithm === "crc32") return Option.some(crc())
  const name = names[algorithm]
  // A FIPS build of Node has no md5.
  if (!getHashes().includes(name)) return Option.none()
  const hash = createHash(name)
  return Option.some({
    update: (bytes) => {
      hash.update(bytes)
    },
    digest: () => hash.digest()
  })
}

/**
 * Provides `Hashing` with all algorithms that this Node supports. Unsupported algorithms are none, such as `md5` in a
 * FIPS build.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Hashing> = Layer.succeed(Hashing, { start })
