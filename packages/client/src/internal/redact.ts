/**
 * Removes secrets from external texts: the secrets in force (the token, the values of a signed URL) in every spelling,
 * and texts that look like credentials. Takes linear time in the text. If scrubbing fails, none of the text is shown.
 */
import { filterMap } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Auth } from "../Auth.js"
import * as spelling from "./spelling.js"

export interface Scrub {
  /** Scrubs external text, and truncates it to a readable length. */
  readonly text: (text: string) => string
  /** Scrubs an id, which must stay intact: removes only the secrets in force. */
  readonly id: (id: string) => string
  /** Scrubs the values and keys of any JSON, up to a total length. */
  readonly json: (value: unknown) => unknown
  /** Whether a text contains a secret in force. */
  readonly holds: (text: string) => boolean
  /** Adds secrets. */
  readonly with: (secrets: ReadonlyArray<string>) => Scrub
}

const mark = "<redacted>"
const tooLong = "<too long>"
const longest = 8192
const deepest = 32
/** The maximum numbers of values and characters shown of one JSON. */
const mostValues = 4096
const mostCharacters = 65_536

// --- the secrets in force ---

/**
 * The base64 forms of a text at any position within a longer text: the characters that do not depend on its neighbours.
 * Forms of fewer than four characters occur in many words and are left out.
 */
const inBase64 = (bytes: Uint8Array): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((lead) => {
    const shifted = new Uint8Array(lead + bytes.length)
    shifted.set(bytes, lead)
    const core = Encoding.encodeBase64(shifted).slice([0, 2, 3][lead], Math.floor((shifted.length * 8) / 6))
    return core.length < 4 ? [] : [core]
  })

const ascii = /^[\0-\x7f]*$/

/** Percent-encoding works on bytes: only ASCII characters are spelled one by one. */
const plainForms = (secret: string) =>
  ascii.test(secret) ? [secret] : [secret, encodeURIComponent(secret.toWellFormed())]

const needlesOf = (secrets: ReadonlyArray<string>): ReadonlyArray<spelling.Needle> => [
  ...secrets.flatMap(plainForms).map((secret) => spelling.needle(secret, spelling.ignoreCase)),
  ...Array.from(new Set(secrets.flatMap((secret) => inBase64(new TextEncoder().encode(secret)))), (core) =>
    spelling.needle(core, spelling.base64)
  )
]

const base64Character = /[\w+/=-]/

/** Widens a span by the neighbouring characters that contain bits of the secret. */
const widened =
  (text: string) =>
  ({ from, to }: spelling.Span): spelling.Span => ({
    from: base64Character.test(text.charAt(from - 1)) ? from - 1 : from,
    to: base64Character.test(text.charAt(to)) ? to + 1 : to
  })

const search = (text: string, needles: ReadonlyArray<spelling.Needle>) => {
  const spelled = spelling.read(text)
  const found = needles.map((needle) => ({ needle, ...spelling.find(spelled, needle) }))
  return {
    spans: found.flatMap(({ needle, spans }) => (needle.fold === spelling.base64 ? spans.map(widened(text)) : spans)),
    tail: Math.min(text.length, ...found.map(({ tail }) => tail))
  }
}

const without = (text: string, spans: ReadonlyArray<spelling.Span>): string => {
  let out = ""
  let shown = 0
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= shown) out += text.slice(shown, from) + mark
    shown = Math.max(shown, to)
  }
  return out + text.slice(shown)
}

// --- credentials by their looks ---

const word = /[^\s"'<>]+/g
const slashes = /(?::|%3a)(?:\\?\/|%2f){2}/i
const userinfo = /((?::|%3a)(?:\\?\/|%2f){2})[^\s"'<>/?#]{1,1024}@/gi
const queryAfterHost = /\?|#|%3f|%23/i
const query = /\?|%3f/i
const equals = /=|%3d/i

/** The position after the first match from a position on; -1 without one. */
const endOf = (pattern: RegExp, text: string, from: number): number => {
  const match = pattern.exec(text.slice(from))
  return match === null ? -1 : from + match.index + match[0].length
}

/** Cuts a word after the `?` or `#` of a URL, and after the `?` of a path. */
const withoutQuery = (text: string): string => {
  const host = endOf(slashes, text, 0)
  const afterHost = host === -1 ? -1 : endOf(queryAfterHost, text, host)
  if (afterHost !== -1) return text.slice(0, afterHost) + mark
  const begin = endOf(query, text, 0)
  return begin !== -1 && equals.test(text.slice(begin)) ? text.slice(0, begin) + mark : text
}

const names = "signed_?url|signature|token|secret|credential|password|api[_-]?key|authorization"
const parameters = `x-(?:amz|goog|ms|oss)-[a-z0-9-]{1,40}|sig|policy|key-pair-id|accesskeyid|${names}`

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  // X-Amz-Signature=value, sig=value
  [new RegExp(`((?:${parameters})\\s*(?:=|%3d)\\s*)[^\\s"'<>&,;]+`, "gi"), `$1${mark}`],
  // "signed_url": "value" within unparsed text
  [new RegExp(`((?:${names})\\\\?["']\\s*:\\s*\\\\?["'])[^"'<>]+`, "gi"), `$1${mark}`],
  // Authorization: Bearer value
  [/\b(bearer|basic)\s+(?=\S*\d)[\w.~+/=-]{6,}/gi, `$1 ${mark}`]
]

const secretKey = new RegExp(names, "i")

const withoutCredentials = (text: string): string =>
  patterns.reduce(
    (out, [pattern, replacement]) => out.replace(pattern, replacement),
    text.replace(word, (it) => withoutQuery(it.replace(userinfo, `$1${mark}@`)))
  )

/** The start of the last word of a text. */
const lastWord = (text: string): number => {
  let at = text.length
  while (at > 0 && !/[\s"'<>]/.test(text.charAt(at - 1))) at--
  return at
}

// --- a scrub ---

/** Knows no secret, and hides only texts that look like credentials. */
export const none = (): Scrub => scrubbing([])

/** Caches scrubs by token: thousands of waits share a token, and preparing its search takes a while. */
const known = new WeakMap<Redacted.Redacted, Scrub>()

export const make = (authorization: Redacted.Redacted): Scrub => {
  const found = known.get(authorization)
  if (found !== undefined) return found
  const made = scrubbing(secretsOfHeader(Redacted.value(authorization)))
  known.set(authorization, made)
  return made
}

/** The scrub for the current token. */
export const now = ({ authorization }: Auth.Service): Effect.Effect<Scrub> => Effect.map(authorization, make)

/** The secrets in an `Authorization` header: its value and the token. */
export const secretsOfHeader = (header: string): ReadonlyArray<string> => [
  header,
  header.slice(header.indexOf(" ") + 1)
]

const decode = Option.liftThrowable(decodeURIComponent)

/** The secrets in a signed URL: the URL and each value that could give access to the package. */
export const secretsOfUrl = (href: string): ReadonlyArray<string> => {
  const { password, search, username } = URL.canParse(href) ? new URL(href) : { password: "", search: "", username: "" }
  const query = search.slice(1)
  const values = [username, password, ...query.split("&").map((pair) => pair.slice(pair.indexOf("=") + 1))]
  return [href, query, ...values, ...filterMap(values, decode)].filter((secret) => secret.length >= 8)
}

/** Applies a function to a text; if it throws, returns none of the text. */
const orNothing = <A, B>(scrub: (value: A) => B, value: A): B | typeof mark =>
  Option.getOrElse(Option.liftThrowable(scrub)(value), () => mark)

const scrubbing = (secrets: ReadonlyArray<string>): Scrub => {
  let prepared: ReadonlyArray<spelling.Needle> | undefined
  const needles = () => {
    prepared ??= needlesOf([...new Set(secrets)].filter((secret) => secret !== ""))
    return prepared
  }

  /** No spelling of a secret is shorter than the secret. */
  const shortest = Math.min(...secrets.map(({ length }) => length))

  const id = (input: string) => (input.length < shortest ? input : without(input, search(input, needles()).spans))

  const text = (input: string) => {
    if (input.length <= longest) return withoutCredentials(id(input))
    // The truncated end may contain the beginning of a secret.
    const begin = input.slice(0, longest)
    const { spans, tail } = search(begin, needles())
    const end = Math.min(tail, lastWord(begin))
    // An id must not become empty.
    if (end === 0) return tooLong
    const shown = spans.filter(({ from }) => from < end)
    return withoutCredentials(without(begin.slice(0, end), shown))
  }

  const json = (input: unknown): unknown => {
    let values = 0
    let characters = 0
    const shown = (part: string) => {
      characters += part.length
      return characters > mostCharacters ? tooLong : text(part)
    }
    const visit = (value: unknown, depth: number): unknown => {
      if (++values > mostValues) return tooLong
      if (typeof value === "string") return shown(value)
      if (typeof value === "number") return shown(String(value)) === String(value) ? value : mark
      if (typeof value !== "object" || value === null) return value
      if (depth === deepest) return "<too deep>"
      if (Array.isArray(value)) return firstOf(value).map((item) => visit(item, depth + 1))
      return Object.fromEntries(
        firstOf(Object.entries(value)).map(([key, item]) => [
          shown(key),
          secretKey.test(key) && item !== null ? mark : visit(item, depth + 1)
        ])
      )
    }
    /** The values that still fit, and one more, which is replaced by a mark. */
    const firstOf = <A>(items: ReadonlyArray<A>) => items.slice(0, Math.max(1, mostValues - values + 1))
    return visit(input, 0)
  }

  return {
    text: (input) => orNothing(text, input),
    id: (input) => orNothing(id, input),
    json: (input) => orNothing(json, input),
    holds: (input) => orNothing((it: string) => search(it, needles()).spans.length > 0, input) !== false,
    with: (more) => scrubbing([...secrets, ...more])
  }
}
