/**
 * Decides the next request of a download and interprets the store's answers: pure functions of the part. They decide
 * which bytes belong together.
 *
 * Bytes are appended only to bytes of the same package. A strong `ETag` proves the identity: it is sent as `If-Range`
 * and compared again in the answer. An answer that contradicts the known metadata (range, length, strong validator,
 * checksum, first bytes) is not the package, and leaves the part unchanged.
 */
import * as Option from "effect/Option"
import type { Head } from "../classify.js"
import type { Note } from "../wire.js"
import { type Checksum, checksumsOf } from "./checksum.js"

export interface Package {
  /** A strong `ETag`. */
  readonly etag: Option.Option<string>
  /** The length in bytes. */
  readonly total: Option.Option<number>
  readonly checksums: ReadonlyArray<Checksum>
}

/** The first bytes of a package on the disk. */
export interface Held extends Package {
  readonly bytes: number
}

export const nothing: Held = { bytes: 0, etag: Option.none(), total: Option.none(), checksums: [] }

export type { Head }

/** The meaning of an answer. */
export type Step =
  /** The body continues the part, up to the byte `until`. */
  | { readonly _tag: "Append"; readonly package: Package; readonly until: number }
  /**
   * The body claims to be the whole package. `coding`: the content coding of the body, unless the transport has decoded
   * it. `replaces`: whether valid first bytes prove that the part is obsolete; otherwise only the whole body does.
   * `isDoubtful`: the answer contradicts the part in the same way as the answer before, and needs a proof.
   */
  | {
      readonly _tag: "Begin"
      readonly package: Package
      readonly coding: Option.Option<string>
      readonly replaces: boolean
      readonly isDoubtful: boolean
    }
  /** The part is the whole package. */
  | { readonly _tag: "Whole" }
  | { readonly _tag: "Redirect"; readonly location: string }
  /** The URL has expired, or is unknown to this store. */
  | { readonly _tag: "Refused" }
  /** A failure that may be temporary. */
  | { readonly _tag: "Failed" }
  /**
   * The answer cannot be the requested bytes. `keeps`: the rest can be requested again; otherwise the whole package is
   * requested. `isFinal`: the next answer would be the same. `claim`: metadata of the same package that contradicts the
   * known metadata.
   */
  | (Note & {
      readonly _tag: "Unusable"
      readonly keeps: boolean
      readonly isFinal: boolean
      readonly claim: Option.Option<string>
    })

/** Whether the rest can be requested. */
export const canResume = ({ bytes, etag }: Held): boolean => bytes > 0 && Option.isSome(etag)

/** The headers of a request for the rest. */
export const headersOf = ({ bytes, etag }: Held): Readonly<Record<string, string>> =>
  bytes > 0 && Option.isSome(etag) ? { range: `bytes=${bytes}-`, "if-range": etag.value } : {}

/** Whether the part is complete by its length. */
export const isWhole = ({ bytes, total }: Held): boolean => bytes > 0 && Option.contains(total, bytes)

// --- headers ---

const count = (text: string | undefined): Option.Option<number> =>
  text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Option.some(Number(text)) : Option.none()

/** Characters and a length that every transport accepts in a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern excludes them
const etagText = /^"[^"\u0000-\u001f\u007f\u0100-\uffff]{0,1024}"$/

/** A strong validator, which proves that two answers have the same bytes; none for a weak or malformed one. */
export const strongEtag = (text: string | undefined): Option.Option<string> =>
  Option.filter(Option.fromNullable(text?.trim()), (it) => etagText.test(it))

/** `bytes 5-9/10`, or `bytes 5-9/*`: `to` is the last byte. */
const contentRange = (text: string | undefined) => {
  const [, from, to, total] = /^bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text?.trim() ?? "") ?? []
  return Option.filter(
    Option.all({ from: count(from), to: count(to), total: Option.some(count(total)) }),
    (it) => it.from <= it.to && !Option.exists(it.total, (all) => it.to >= all)
  )
}

/** The length in a 416: `bytes *` + `/10`. */
const unsatisfied = (text: string | undefined): Option.Option<number> =>
  count(/^bytes\s+\*\/(\d{1,15})$/i.exec(text?.trim() ?? "")?.[1])

/** The registered content codings. Stores also send other values that encode nothing, such as `aws-chunked`. */
const codings = new Set([
  ...["aes128gcm", "br", "compress", "dcb", "dcz", "deflate"],
  ...["exi", "gzip", "pack200-gzip", "x-compress", "x-gzip", "zstd"]
])

const codingOf = ({ headers }: Head): Option.Option<string> => {
  const known = (headers["content-encoding"] ?? "")
    .split(",")
    .map((it) => it.trim().toLowerCase())
    .filter((it) => codings.has(it))
  return known.length === 0 ? Option.none() : Option.some(known.join(", "))
}

// --- contradictions ---

const unusable = (note: Note, keeps: boolean, claim = Option.none<string>(), isFinal = false): Step => ({
  _tag: "Unusable",
  keeps,
  isFinal,
  claim,
  ...note
})

const claimOf = ({ found, path }: Note) => `${path}: ${found}`

/** Whether both are known, and not the same. */
export const differs = <A>(one: Option.Option<A>, other: Option.Option<A>): boolean =>
  Option.isSome(one) && Option.isSome(other) && one.value !== other.value

const lengthOf = ({ total }: Package) => Option.getOrElse(Option.map(total, String), () => "unknown")

/** Compares the metadata of an answer for the same package with the known metadata. */
const contradiction = (known: Package, said: Package): Option.Option<Note> => {
  if (differs(known.total, said.total)) {
    return Option.some({ path: "the length", expected: lengthOf(known), found: lengthOf(said) })
  }
  for (const { algorithm, value } of known.checksums) {
    const other = said.checksums.find((it) => it.algorithm === algorithm)
    if (other !== undefined && other.value !== value) {
      return Option.some({ path: `the ${algorithm}`, expected: value, found: other.value })
    }
  }
  return Option.none()
}

const readPart = (held: Held, isAnew: boolean, { headers, status }: Head): Step => {
  const range = contentRange(headers["content-range"])
  const etag = strongEtag(headers["etag"])
  const another = (path: string, expected: string, found = "nothing") => unusable({ path, expected, found }, false)
  if (isAnew || !canResume(held)) return another("status", "200, for all of it,", "206")
  if (Option.isNone(range) || range.value.from !== held.bytes) {
    return another("content-range", `bytes ${held.bytes}-`, headers["content-range"])
  }
  const { to, total } = range.value
  if (differs(etag, held.etag)) return another("etag", Option.getOrThrow(held.etag), headers["etag"])
  const checksums = checksumsOf(status, headers)
  const contradicted = contradiction(held, { etag, total, checksums })
  if (Option.isSome(contradicted)) {
    return unusable(contradicted.value, false, Option.map(contradicted, claimOf))
  }
  return {
    _tag: "Append",
    until: to + 1,
    package: {
      etag: held.etag,
      total: Option.orElse(held.total, () => total),
      checksums: held.checksums.length > 0 ? held.checksums : checksums
    }
  }
}

const readWhole = (
  held: Held,
  coding: Option.Option<string>,
  { headers, status }: Head,
  claimed: Option.Option<string>
): Step => {
  const length = count(headers["content-length"])
  if (Option.contains(length, 0)) {
    return unusable({ path: "content-length", expected: "a package", found: "0" }, true)
  }
  const range = contentRange(headers["content-range"])
  const isPart = Option.exists(
    range,
    ({ from, to, total }) => from !== 0 || !Option.contains(total, to + 1) || differs(length, Option.some(to + 1))
  )
  if (isPart) {
    const expected = "all of it, with status 200,"
    return unusable({ path: "content-range", expected, found: headers["content-range"] ?? "nothing" }, true)
  }
  // The headers refer to the encoded form, neither to the decoded bytes nor to the bytes of a range.
  const known: Package = Option.isSome(coding)
    ? { etag: Option.none(), total: Option.none(), checksums: [] }
    : { etag: strongEtag(headers["etag"]), total: length, checksums: checksumsOf(status, headers) }
  const isSame = Option.isSome(held.etag) && Option.contains(known.etag, held.etag.value)
  const contradicted = isSame ? contradiction(held, known) : Option.none()
  // A store that repeats its claim may have erred in the first answer of all.
  const isDoubtful = Option.exists(contradicted, (it) => Option.contains(claimed, claimOf(it)))
  if (Option.isSome(contradicted) && !isDoubtful) {
    return unusable(contradicted.value, true, Option.map(contradicted, claimOf))
  }
  return {
    _tag: "Begin",
    package: known,
    coding,
    replaces: !isDoubtful && (Option.isSome(known.etag) || !canResume(held)),
    isDoubtful
  }
}

/** Under `If-Range`, a 416 refers to the package of the part. */
const readEnd = (held: Held, isAnew: boolean, found = "nothing"): Step => {
  const total = unsatisfied(found)
  const isEnd = Option.contains(total, held.bytes) && !differs(held.total, total)
  if (!isAnew && canResume(held) && isEnd) return { _tag: "Whole" }
  const contradicted = contradiction(held, { etag: Option.none(), total, checksums: [] })
  const expected = `bytes */${held.bytes}`
  return unusable({ path: "content-range", expected, found }, false, Option.map(contradicted, claimOf))
}

/** The state of the requests besides the part. */
export interface Asked {
  /** Whether the whole package is requested, despite a part. */
  readonly isAnew: boolean
  /** The claim of the previous answer. */
  readonly claimed: Option.Option<string>
}

export const firstAsked: Asked = { isAnew: false, claimed: Option.none() }

/** Interprets the answer to a request for the rest. */
export const read = (held: Held, head: Head, { claimed, isAnew }: Asked = firstAsked): Step => {
  const { headers, status } = head
  const coding = codingOf(head)
  switch (status) {
    case 200:
      return readWhole(held, coding, head, claimed)
    case 206:
      // A range counts the encoded bytes.
      return Option.isSome(coding)
        ? unusable({ path: "content-encoding", expected: "identity", found: coding.value }, true, Option.none(), true)
        : readPart(held, isAnew, head)
    case 416:
      return readEnd(held, isAnew, headers["content-range"])
    case 301:
    case 302:
    case 303:
    case 307:
    case 308: {
      const location = headers["location"]
      return location === undefined ? { _tag: "Refused" } : { _tag: "Redirect", location }
    }
    case 408:
    case 425:
    case 429:
      return { _tag: "Failed" }
    default:
      if (status >= 500) return { _tag: "Failed" }
      return status >= 200 && status < 300
        ? unusable({ path: "status", expected: "200 or 206", found: String(status) }, true)
        : { _tag: "Refused" }
  }
}

// --- the first bytes ---

/**
 * The known format of a package. The package of a job is documented as a ZIP. The package of a task has no documented
 * format: it may be any result file (GeoTIFF, GeoJSON, CSV, ZIP), but no page of markup.
 */
export type Format = "zip" | "unknown"

/** The first signatures of a ZIP: a file, an empty archive (small or ZIP64), a split archive. */
const signatures: ReadonlyArray<readonly [number, number]> = [
  [3, 4],
  [5, 6],
  [6, 6],
  [7, 8]
]

const spaces = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xef, 0xbb, 0xbf, 0xfe, 0xff, 0x00])

/** The maximum number of leading spaces of a page. */
const mostSpaces = 1024

/** Whether bytes begin a package: `more` if they are too few to decide. `isAll`: no bytes will follow. */
export const opening = (format: Format, bytes: Uint8Array, isAll: boolean): "package" | "other" | "more" => {
  if (bytes.length === 0) return "more"
  if (format === "unknown") {
    const first = bytes.subarray(0, mostSpaces).findIndex((byte) => !spaces.has(byte))
    if (first === -1) return isAll || bytes.length >= mostSpaces ? "package" : "more"
    return bytes[first] === 0x3c ? "other" : "package"
  }
  const fits = [0x50, 0x4b].every((byte, at) => bytes[at] === undefined || bytes[at] === byte)
  if (!fits) return "other"
  if (bytes.length < 4) return "more"
  return signatures.some(([third, fourth]) => bytes[2] === third && bytes[3] === fourth) ? "package" : "other"
}
