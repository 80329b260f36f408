/**
 * The checksums of a package from the various headers of stores, and the choice among them.
 *
 * Only checksums of the whole package count. In a partial answer, most headers refer to the part.
 */
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Hashing } from "../../Hashing.js"

/** An expected checksum, in base64. */
export const Checksum = Schema.Struct({
  algorithm: Schema.Literal("sha-512", "sha-256", "sha-1", "md5", "crc32"),
  value: Schema.String
})
export type Checksum = typeof Checksum.Type

type Headers = Readonly<Record<string, string | undefined>>

const sizes: Readonly<Record<Hashing.Algorithm, number>> = {
  "sha-512": 64,
  "sha-256": 32,
  "sha-1": 20,
  md5: 16,
  crc32: 4
}

/** The algorithms, strongest first. */
const algorithms = ["sha-512", "sha-256", "sha-1", "md5", "crc32"] as const

const names: Readonly<Record<string, Hashing.Algorithm>> = {
  "sha-512": "sha-512",
  "sha-256": "sha-256",
  "sha-1": "sha-1",
  sha: "sha-1",
  md5: "md5"
}

/** Whether a value is a possible checksum. S3's checksum of part checksums, which ends like `-3`, is not. */
export const isValid = ({ algorithm, value }: Checksum): boolean => {
  const bytes = Encoding.decodeBase64(value)
  return bytes._tag === "Right" && bytes.right.length === sizes[algorithm]
}

const checksum = (algorithm: Hashing.Algorithm, value: string | undefined): ReadonlyArray<Checksum> =>
  [{ algorithm, value: value?.trim() ?? "" }].filter(isValid)

/** Parses `name=value` or `name=:value:`, separated by commas. */
const dictionary = (header: string | undefined): ReadonlyArray<Checksum> =>
  (header ?? "").split(",").flatMap((member) => {
    const [, name = "", value] = /^\s*([^=\s]+)\s*=\s*:?([^:;\s]+)/.exec(member) ?? []
    const algorithm = names[name.toLowerCase()]
    return algorithm === undefined ? [] : checksum(algorithm, value)
  })

/** Checksums of the whole package, also in partial answers. */
const ofWhole = (headers: Headers): ReadonlyArray<Checksum> => [
  ...dictionary(headers["repr-digest"]),
  ...checksum("md5", headers["x-ms-blob-content-md5"]),
  // refers to the stored bytes, which may differ from the sent bytes
  ...((headers["x-goog-stored-content-encoding"] ?? "identity") === "identity"
    ? dictionary(headers["x-goog-hash"])
    : [])
]

/** Checksums of the sent bytes. */
const ofContent = (headers: Headers): ReadonlyArray<Checksum> => [
  ...dictionary(headers["digest"]),
  ...checksum("md5", headers["content-md5"]),
  ...(headers["x-amz-checksum-type"] === "COMPOSITE"
    ? []
    : [
        ...checksum("sha-256", headers["x-amz-checksum-sha256"]),
        ...checksum("sha-1", headers["x-amz-checksum-sha1"]),
        ...checksum("crc32", headers["x-amz-checksum-crc32"])
      ])
]

export const checksumsOf = (status: number, headers: Headers): ReadonlyArray<Checksum> => {
  const all = status === 200 ? [...ofWhole(headers), ...ofContent(headers)] : ofWhole(headers)
  return algorithms.flatMap((algorithm) => all.filter((it) => it.algorithm === algorithm).slice(0, 1))
}

/** Starts the strongest computable checksum; none without a service or without an expected checksum. */
export const begin = (hashing: Option.Option<Hashing.Service>, checksums: ReadonlyArray<Checksum>) =>
  Option.flatMap(hashing, ({ start }) =>
    Option.firstSomeOf(
      checksums.map((expected) => Option.map(start(expected.algorithm), (hash) => ({ expected, hash })))
    )
  )
