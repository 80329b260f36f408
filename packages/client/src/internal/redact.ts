/**
 * Takes secrets out of what goes into errors: the token, however it is spelled, and whatever looks like the signature
 * of a URL.
 */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import type { Auth } from "../Auth.js"

export interface Scrub {
  /** Outside text, scrubbed, and cut to a length that can be searched without harm. */
  readonly text: (text: string) => string
  /** An id, which must stay what it is: only the token is taken out. */
  readonly id: (id: string) => string
  /** Any JSON, scrubbed in values and keys. */
  readonly json: (value: unknown) => unknown
}

const mark = "<redacted>"
const longest = 8192
const deepest = 32

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")

/** A character as itself, percent-encoded (once or more), escaped as in JSON, or as an entity of HTML. */
const spellings = (character: string) => {
  const code = character.charCodeAt(0)
  const hex = code.toString(16).padStart(2, "0")
  return `\\\\*(?:${literal(character)}|%(?:25)*${hex}|u00${hex}|&#(?:x0*${hex}|0*${code});|${entities[character] ?? "(?!)"})`
}
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  " ": "\\+"
}

/** What a text is in base64 wherever it stands in a longer one: the characters that its neighbours do not touch. */
const inBase64 = (text: string): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((lead) => {
    const encoded = Encoding.encodeBase64("\0".repeat(lead) + text)
    const core = encoded.slice([0, 2, 3][lead], Math.floor(((lead + text.length) * 8) / 6))
    return core.length < 8
      ? []
      : [literal(core).replaceAll("\\+", "(?:[+-]|%2b)").replaceAll("\\/", "(?:\\\\?\\/|_|%2f)")]
  })

const secretsOf = (authorization: Redacted.Redacted): ReadonlyArray<string> => {
  const header = Redacted.value(authorization)
  return [header, header.slice(header.indexOf(" ") + 1)]
}

const secretKey = /signed_?url|signature|token|authorization|secret|credential|password|api_?key/i

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  // https://user:password@host
  [/((?::|%3a)(?:\\?\/|%2f){2})[^\s/"'<>@]+@/gi, `$1${mark}@`],
  // https://host/path?query#fragment
  [/((?::|%3a)(?:\\?\/|%2f){2}[^\s"'<>?#]*?)(\?|#|%3f|%23)[^\s"'<>]*/gi, `$1$2${mark}`],
  // /path?name=value
  [/(\?|%3f)(?=[^\s"'<>?]*(?:=|%3d))[^\s"'<>?]*/gi, `$1${mark}`],
  // X-Amz-Signature=value, sig=value
  [
    /((?:x-(?:amz|goog|ms|oss)-[a-z0-9-]{1,40}|sig|signature|token|secret|credential|policy|password|api[_-]?key|key-pair-id|accesskeyid|authorization)\s*(?:=|%3d)\s*)[^\s"'<>&,;]+/gi,
    `$1${mark}`
  ],
  // "signed_url": "value" inside of a text that is not parsed
  [
    /((?:signed_?url|signature|token|secret|credential|password|api_?key|authorization)\\?["']\s*:\s*\\?["'])[^"'<>]+/gi,
    `$1${mark}`
  ],
  // Authorization: Bearer value
  [/\b(bearer|basic)\s+(?=\S*\d)[\w.~+/=-]{6,}/gi, `$1 ${mark}`]
]

/** Thousands of waits share a token, and its patterns take a while to compile. */
const known = new WeakMap<Redacted.Redacted, Scrub>()

export const make = (authorization: Redacted.Redacted): Scrub => {
  const made = known.get(authorization) ?? scrubbing(authorization)
  known.set(authorization, made)
  return made
}

/** By the token as it is now. */
export const now = ({ authorization }: Auth.Service): Effect.Effect<Scrub> => Effect.map(authorization, make)

const scrubbing = (authorization: Redacted.Redacted): Scrub => {
  let compiled: ReadonlyArray<RegExp> | undefined
  const token = () => {
    if (compiled === undefined) {
      const secrets = secretsOf(authorization)
      compiled = [
        new RegExp(secrets.map((secret) => Array.from(secret, spellings).join("")).join("|"), "gi"),
        ...secrets.flatMap(inBase64).map((core) => new RegExp(core, "g"))
      ]
    }
    return compiled
  }

  const id = (input: string) => token().reduce((out, pattern) => out.replace(pattern, mark), input)

  const text = (input: string) => {
    // What is cut off must not leave the half of a secret at the end.
    const cut = input.length <= longest ? input : input.slice(0, longest).replace(/[^\s"'<>]*$/, "")
    return patterns.reduce((out, [pattern, replacement]) => out.replace(pattern, replacement), id(cut))
  }

  const json = (value: unknown, depth = 0): unknown => {
    if (typeof value === "string") return text(value)
    if (typeof value === "number") return text(String(value)) === String(value) ? value : mark
    if (typeof value !== "object" || value === null) return value
    if (depth === deepest) return "<too deep>"
    if (Array.isArray(value)) return value.map((item) => json(item, depth + 1))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        text(key),
        secretKey.test(key) && item !== null ? mark : json(item, depth + 1)
      ])
    )
  }

  return { text, id, json: (value) => json(value) }
}
