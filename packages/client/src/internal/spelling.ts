/**
 * Finds a secret in a text in any spelling of its characters: plain in any case, percent-encoded once or more, escaped
 * as in JSON, or as an HTML entity.
 *
 * A position of the text has several readings (`%41` is `A`, and is `%`, `4`, `1`), so the text is a graph whose edges
 * are characters. The search runs Knuth, Morris and Pratt's algorithm along all its paths simultaneously. It takes
 * linear time in the text for any secret, and builds no regular expression from the secret.
 */

/** A part of a text, from its first position to the position after its last. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** An encoded character, and the position after its spelling. */
interface Reading {
  readonly code: number
  readonly next: number
}

/** A text, and the readings of each position besides the character itself. */
export type Spelled = ReturnType<typeof read>

const backslash = 0x5c

const hexAt = (text: string, from: number, length: number): number | undefined => {
  const digits = text.slice(from, from + length)
  return digits.length === length && /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : undefined
}

/** `%41`, and its repeated encodings: `%2541`, `%252541`. Each `25` may also be the encoded character. */
const percentAt = (text: string, at: number): ReadonlyArray<Reading> => {
  const out: Array<Reading> = []
  for (let next = at + 1; ; next += 2) {
    const code = hexAt(text, next, 2)
    if (code === undefined) return out
    out.push({ code, next: next + 2 })
    if (code !== 0x25) return out
  }
}

/** `u0041`, preceded by a backslash in JSON. */
const escapeAt = (text: string, at: number): ReadonlyArray<Reading> => {
  const code = hexAt(text, at + 1, 4)
  return code === undefined ? [] : [{ code, next: at + 5 }]
}

const entity = /&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot|apos));/iy
const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

/** `&#65;`, `&#x41;` with any number of zeros, and the named entities. */
const entityAt = (text: string, at: number): ReadonlyArray<Reading> => {
  entity.lastIndex = at
  const [all = "", decimal, hex, name = ""] = entity.exec(text) ?? []
  if (all === "") return []
  const digits = decimal ?? hex
  const code =
    digits === undefined
      ? named[name.toLowerCase()]?.charCodeAt(0)
      : Number.parseInt(digits, decimal === undefined ? 16 : 10)
  return code === undefined ? [] : [{ code, next: at + all.length }]
}

const readingsAt = (text: string, at: number): ReadonlyArray<Reading> => {
  switch (text.charAt(at)) {
    case "%":
      return percentAt(text, at)
    case "u":
    case "U":
      return escapeAt(text, at)
    case "&":
      return entityAt(text, at)
    case "+":
      return [{ code: 0x20, next: at + 1 }]
    default:
      return []
  }
}

export const read = (text: string) => {
  const readings = new Map<number, ReadonlyArray<Reading>>()
  for (let at = 0; at < text.length; at++) {
    const found = readingsAt(text, at)
    if (found.length > 0) readings.set(at, found)
  }
  return { text, readings } as const
}

/** A secret, prepared for the search. */
export type Needle = ReturnType<typeof needle>

/** Folds upper and lower case. */
export const ignoreCase = (code: number): number => (code >= 0x41 && code <= 0x5a ? code + 0x20 : code)

/** Folds base64 and base64url. */
export const base64 = (code: number): number => (code === 0x2d ? 0x2b : code === 0x5f ? 0x2f : code)

export const needle = (secret: string, fold: (code: number) => number) => {
  const codes = Uint16Array.from({ length: secret.length }, (_, index) => fold(secret.charCodeAt(index)))
  /** By the number of matched characters: the length of the shorter match to continue with after a mismatch, or -1. */
  const fallback = new Int32Array(codes.length)
  let border = -1
  for (let length = 0; length < codes.length; length++) {
    fallback[length] = border >= 0 && codes[border] === codes[length] ? (fallback[border] ?? -1) : border
    while (border >= 0 && codes[border] !== codes[length]) border = fallback[border] ?? -1
    border++
  }
  return { codes, fallback, fold } as const
}

/** A matched beginning of a secret, linked from its last character. */
interface Match {
  readonly length: number
  readonly at: number
  readonly before: Match | undefined
}

const startOf = (match: Match): number => {
  let first = match
  for (let left = match.length; left > 1 && first.before !== undefined; left--) first = first.before
  return first.at
}

/** The number of matches followed from one position: the longest ones. */
const mostMatches = 8

const keep = (matches: Array<Match>, match: Match): void => {
  if (matches.some(({ length }) => length === match.length)) return
  matches.push(match)
  if (matches.length <= mostMatches) return
  const shortest = matches.reduce((least, it) => (it.length < least.length ? it : least))
  matches.splice(matches.indexOf(shortest), 1)
}

/** Finds the spans of the secret, and the start of a match that the end of the text cuts off. */
export const find = ({ readings, text }: Spelled, { codes, fallback, fold }: Needle) => {
  const spans: Array<Span> = []
  if (codes.length === 0) return { spans, tail: text.length }
  /** The matches that continue at a position. */
  const continuing = new Map<number, Array<Match>>()
  const put = (next: number, match: Match) => {
    const matches = continuing.get(next)
    if (matches === undefined) continuing.set(next, [match])
    else keep(matches, match)
  }
  const advance = (match: Match | undefined, code: number, at: number, next: number) => {
    let length = match?.length ?? 0
    while (length >= 0 && codes[length] !== code) length = fallback[length] ?? -1
    length++
    if (length === 0) return
    const longer: Match = { length, at, before: length === 1 ? undefined : match }
    if (length === codes.length) spans.push({ from: startOf(longer), to: next })
    else put(next, longer)
  }
  const arriving = (at: number) => {
    const matches = continuing.get(at) ?? []
    continuing.delete(at)
    return matches
  }
  for (let at = 0; at < text.length; at++) {
    const code = fold(text.charCodeAt(at))
    const others = readings.get(at) ?? []
    const matches = arriving(at)
    if (matches.length === 0 && others.length === 0 && code !== codes[0]) continue
    for (const match of [undefined, ...matches]) {
      advance(match, code, at, at + 1)
      for (const other of others) advance(match, fold(other.code), at, other.next)
      // Backslashes may precede any character, as in JSON within JSON.
      if (code === backslash && match !== undefined) put(at + 1, match)
    }
  }
  return { spans, tail: arriving(text.length).reduce((least, match) => Math.min(least, startOf(match)), text.length) }
}
