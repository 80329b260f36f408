import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Hashing } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { NodeHashing } from "../src/index.js"

const expected: Readonly<Record<Hashing.Algorithm, (bytes: Uint8Array) => string>> = {
  "sha-512": (bytes) => createHash("sha512").update(bytes).digest("hex"),
  "sha-256": (bytes) => createHash("sha256").update(bytes).digest("hex"),
  "sha-1": (bytes) => createHash("sha1").update(bytes).digest("hex"),
  md5: (bytes) => createHash("md5").update(bytes).digest("hex"),
  crc32: (bytes) => crc32(bytes).toString(16).padStart(8, "0")
}

const pieces = FastCheck.array(FastCheck.uint8Array({ maxLength: 50 }))

describe("NodeHashing", () => {
  for (const algorithm of ["sha-512", "sha-256", "sha-1", "md5", "crc32"] as const) {
    it.effect.prop(`computes the ${algorithm} of bytes in any pieces`, { pieces }, ({ pieces }) =>
      Effect.gen(function* () {
        const { start } = yield* Hashing
        const hash = Option.getOrThrow(start(algorithm))
        for (const piece of pieces) hash.update(piece)
        const found = Buffer.from(hash.digest()).toString("hex")
        assert.strictEqual(found, expected[algorithm](Buffer.concat(pieces)))
      }).pipe(Effect.provide(NodeHashing.layer))
    )
  }

  it.effect("computes the standard check value of crc32", () =>
    Effect.gen(function* () {
      const { start } = yield* Hashing
      const hash = Option.getOrThrow(start("crc32"))
      hash.update(new TextEncoder().encode("123456789"))
      assert.deepStrictEqual([...hash.digest()], [0xcb, 0xf4, 0x39, 0x26])
    }).pipe(Effect.provide(NodeHashing.layer))
  )
})
