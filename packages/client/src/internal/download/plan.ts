/**
 * What a download asks for, and what an answer of the store means to it: pure functions of what is held. They decide
 * the one thing that must never go wrong, which bytes belong together.
 *
 * Bytes are only added to those of the same package. What says that it is the same is a strong `ETag`, sent as
 * `If-Range` and compared again in the answer; without one, what is held is of no use and all is fetched anew.
 */
import * as Option from "effect/Option"
import { type Checksum, told } from "./checksum.js"

/** What is known of a package. */
export interface Package {
  /** A strong one. */
  readonly etag: Option.Option<string>
  /** In bytes. */
  readonly total: Option.Option<number>
  readonly checksums: ReadonlyArray<Checksum>
}

/** What has come of it: its first bytes. */
export interface Held extends Package {
  readonly bytes: number
}

export const nothing: Held = { bytes: 0, etag: Option.none(), total: Option.none(), checksums: [] }

export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** What an answer means. */
export type Step =
  /** Its body goes on where the held bytes end. */
  | { readonly _tag: "Append"; readonly package: Package }
  /** Its body is the whole package: what is held is not part of it, or nobody can tell. */
  | { readonly _tag: "Begin"; readonly package: Package }
  /** All of it is held. */
  | { readonly _tag: "Whole" }
  | { readonly _tag: "Redirect"; readonly location: string }
  /** A URL that has expired, or is none of this store any more. */
  | { readonly _tag: "Refused" }
  /** It may be well the next time. */
  | { readonly _tag: "Failed" }
  /** It cannot be what was asked for. `keeps`: that says nothing against what is held. */
  | {
      readonly _tag: "Unusable"
      readonly keeps: boolean
      readonly path: string
      readonly expected: string
      readonly found: string
    }

/** Whether the rest can be asked for. */
const canResume = ({ bytes, etag }: Held): boolean => bytes > 0 && Option.isSome(etag)

/** The headers that ask for what is missing. */
export const headersOf = (held: Held): Readonly<Record<string, string>> =>
  canResume(held) && Option.isSome(held.etag) ? { range: `bytes=${held.bytes}-`, "if-range": held.etag.value } : {}

/** Whether all of it is held, as far as its length says so. */
export const isWhole = ({ bytes, total }: Held): boolean => Option.contains(total, bytes)

const count = (text: string | undefined): Option.Option<number> =>
  text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Option.some(Number(text)) : Option.none()

const strongEtag = (text: string | undefined): Option.Option<string> =>
  text !== undefined && /^"[^"]*"$/.test(text.trim()) ? Option.some(text.trim()) : Option.none()

interface Range {
  readonly from: number
  readonly total: Option.Option<number>
}

/** `bytes 5-9/10`, or `bytes 5-9/*`. */
const contentRange = (text: string | undefined): Option.Option<Range> => {
  const [, from, total] = /^bytes\s+(\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/i.exec(text?.trim() ?? "") ?? []
  return Option.map(count(from), (from) => ({ from, total: count(total) }))
}

const unusable = (keeps: boolean, path: string, expected: string, found: string | undefined): Step => ({
  _tag: "Unusable",
  keeps,
  path,
  expected,
  found: (found ?? "nothing").slice(0, 100)
})

const differs = <A>(one: Option.Option<A>, other: Option.Option<A>): boolean =>
  Option.isSome(one) && Option.isSome(other) && one.value !== other.value

const readPart = (held: Held, { headers, status }: Head): Step => {
  const range = contentRange(headers["content-range"])
  const etag = strongEtag(headers["etag"])
  if (!canResume(held)) return unusable(false, "status", "200, for all of it,", "206")
  if (Option.isNone(range) || range.value.from !== held.bytes) {
    return unusable(false, "content-range", `bytes ${held.bytes}-`, headers["content-range"])
  }
  if (differs(etag, held.etag))
    return unusable(
      false,
      "etag",
      Option.getOrElse(held.etag, () => ""),
      headers["etag"]
    )
  if (differs(range.value.total, held.total)) {
    return unusable(
      false,
      "content-range",
      `a length of ${Option.getOrElse(held.total, () => 0)}`,
      headers["content-range"]
    )
  }
  return {
    _tag: "Append",
    package: {
      etag: held.etag,
      total: Option.orElse(held.total, () => range.value.total),
      checksums: held.checksums.length > 0 ? held.checksums : told(status, headers)
    }
  }
}

/** What an answer to a request for what is missing means. */
export const read = (held: Held, head: Head): Step => {
  const { headers, status } = head
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity"
  if ((status === 200 || status === 206) && encoding !== "identity" && encoding !== "") {
    // Its bytes are counted in another form than they come in.
    return unusable(true, "content-encoding", "identity", encoding)
  }
  switch (status) {
    case 200:
      if (headers["content-length"]?.trim() === "0") return unusable(true, "content-length", "a package", "0")
      return {
        _tag: "Begin",
        package: {
          etag: strongEtag(headers["etag"]),
          total: count(headers["content-length"]),
          checksums: told(status, headers)
        }
      }
    case 206:
      return readPart(held, head)
    case 416:
      // Under If-Range this is said of the very package that is held in part.
      return canResume(held) &&
        headers["content-range"]?.trim() === `bytes */${held.bytes}` &&
        !differs(held.total, Option.some(held.bytes))
        ? { _tag: "Whole" }
        : unusable(false, "content-range", `bytes */${held.bytes}`, headers["content-range"])
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
        ? unusable(true, "status", "200 or 206", String(status))
        : { _tag: "Refused" }
  }
}
