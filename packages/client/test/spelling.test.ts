/** Finds secrets of any length and any characters in any spelling, in linear time. */
import { assert, describe, it } from "@effect/vitest"
import * as Encoding from "effect/Encoding"
import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { sample, size } from "../../../vitest.size.js"
import * as redact from "../src/internal/redact.js"
import { signature, signedUrl } from "./secrets.js"

const scrubOf = (token: string) => redact.make(Redacted.make(token))

const hex = (character: string, width: number) => character.charCodeAt(0).toString(16).padStart(width, "0")
const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&QUOT;", "'": "&apos;" }

/** Ways to write a character of ASCII. */
const characterSpellings: ReadonlyArray<(character: string) => string> = [
  (it) => it,
  (it) => it.toUpperCase(),
  (it) => it.toLowerCase(),
  (it) => `\\${it}`,
  (it) => `\\\\\\${it}`,
  (it) => `%${hex(it, 2)}`,
  (it) => `%25${hex(it, 2).toUpperCase()}`,
  (it) => `%252525${hex(it, 2)}`,
  (it) => `\\u${hex(it, 4)}`,
  (it) => `\\\\u${hex(it, 4).toUpperCase()}`,
  (it) => `&#${it.charCodeAt(0)};`,
  (it) => `&#00${it.charCodeAt(0)};`,
  (it) => `&#x${hex(it, 2)};`,
  (it) => `&#X00${hex(it, 2)};`,
  (it) => names[it] ?? it,
  (it) => (it === " " ? "+" : it)
]

/** Ways to write a whole text. */
const textSpellings: ReadonlyArray<(text: string) => string> = [
  encodeURIComponent,
  (it) => encodeURIComponent(encodeURIComponent(it)),
  (it) => JSON.stringify(it).slice(1, -1),
  (it) => JSON.stringify(JSON.stringify(it)).slice(1, -1),
  (it) => it.replaceAll("/", "\\/"),
  (it) => it.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
]

/** The base64 forms, with other bytes around the text. */
const base64Spellings: ReadonlyArray<(text: string) => string> = [0, 1, 2].flatMap((lead) => {
  const bytes = (text: string) => Encoding.encodeBase64(`${"x:".slice(0, lead)}${text}:y`)
  return [
    bytes,
    (text: string) => bytes(text).replaceAll("+", "-").replaceAll("/", "_"),
    (text: string) => bytes(text).replaceAll("/", "\\/"),
    (text: string) => encodeURIComponent(bytes(text)),
    (text: string) => encodeURIComponent(encodeURIComponent(bytes(text)))
  ]
})

const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
/** Characters that begin or end the spelling of another character. */
const tricky = fc.constantFrom(..."%25u0041&#x41;amp\\/+-_=aA")
const tokens = (minLength: number, maxLength: number) =>
  fc.oneof(
    fc.string({ unit: visible, minLength, maxLength }),
    fc.string({ unit: tricky, minLength, maxLength }),
    fc.string({ unit: "grapheme", minLength, maxLength })
  )
const around = fc.string({ unit: tricky, maxLength: 12 })

/** The shown text between the marks. */
const shownOf = (text: string) => text.split("<redacted>")

const hidden = (out: string, spelled: string) => {
  for (const part of shownOf(out)) assert.notInclude(part, spelled)
}

describe("redaction", () => {
  it.prop(
    "finds a token with a different spelling per character, between any neighbours",
    [
      fc
        .oneof(
          fc.string({ unit: visible, minLength: 1, maxLength: 40 }),
          fc.string({ unit: tricky, minLength: 1, maxLength: 40 })
        )
        .chain((token) =>
          fc.tuple(
            fc.constant(token),
            fc.array(fc.constantFrom(...characterSpellings), { minLength: token.length, maxLength: token.length })
          )
        ),
      around,
      around
    ],
    ([[token, ways], before, after]) => {
      const spelled = Array.from(token, (character, index) => (ways[index] ?? String)(character)).join("")
      const { holds, id, text } = scrubOf(token)
      assert.isTrue(holds(before + spelled + after))
      hidden(id(before + spelled + after), spelled)
      hidden(text(before + spelled + after), spelled)
    },
    { fastCheck: { numRuns: size(50, 2_000) } }
  )

  it.prop(
    "finds a token of any characters in the usual encodings of the whole text",
    [tokens(1, 60), fc.constantFrom(...textSpellings), around, around],
    ([token, encode, before, after]) => {
      const spelled = encode(token)
      const { id } = scrubOf(token)
      hidden(id(before + spelled + after), spelled)
    },
    { fastCheck: { numRuns: size(50, 2_000) } }
  )

  it.prop(
    "finds a token of at least four characters in base64, at every offset",
    [fc.string({ unit: visible, minLength: 4, maxLength: 60 }), fc.constantFrom(...base64Spellings)],
    ([token, encode]) => {
      const spelled = encode(token)
      const out = scrubOf(token).id(`before ${spelled} after`)
      assert.include(out, "<redacted>")
      // No remaining run of characters is long enough to encode a character of the token.
      const rest = out.replace(/^before /, "").replace(/ after$/, "")
      for (const part of shownOf(rest)) assert.isAtMost(decodeURIComponent(decodeURIComponent(part)).length, 6, out)
    },
    { fastCheck: { numRuns: size(50, 2_000) } }
  )

  it.prop(
    "finds a token of any length",
    [
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom("a", "ab", "%25", "\\", "a\\/%", "px-4f9a8c27d1/eb+63=="),
      around
    ],
    ([length, unit, neighbour]) => {
      const token = unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
      const { id, text } = scrubOf(`Bearer ${token}`)
      const line = `${neighbour} ${token} ${neighbour}`
      hidden(id(line), token)
      // Truncation leaves no part of the token.
      if (token.length > 20) hidden(text(line), token.slice(0, 20))
    },
    { fastCheck: { numRuns: 10 } }
  )

  it("leaves no part of a long token at the truncation", () => {
    const token = `x${"0123456789".repeat(470)}`
    for (const lead of [0, 3_000, 4_000, 8_000, 8_180]) {
      const out = scrubOf(token).text(`${"word ".repeat(lead / 5)}${token} after`)
      assert.notInclude(out, "0123")
    }
  })

  it("takes linear time for 100,000 repeated characters and any repetitive token", () => {
    const units = [
      "\\",
      "%",
      "%25",
      "%2525",
      "&",
      "&#",
      "&#0",
      "u0",
      "\\u",
      "u0041",
      "+",
      "a",
      "ab",
      "&amp;",
      "a%61",
      " "
    ]
    for (const unit of sample(units, 2)) {
      const line = unit.repeat(100_000 / unit.length)
      for (const token of [`${"a".repeat(3_000)}b`, `${"\\".repeat(3_000)}%25b`]) {
        const { id, text } = scrubOf(token)
        assert.strictEqual(id(line), line, unit)
        assert.isAtMost(text(line).length, 8_192)
      }
    }
  })

  it("hides texts that it cannot scrub", () => {
    const { json } = scrubOf("secret")
    const hostile = {
      get a() {
        throw new Error("secret")
      }
    }
    assert.strictEqual(json(hostile), "<redacted>")
    assert.strictEqual(json([1, hostile]), "<redacted>")
  })

  it("limits the shown part of one JSON", () => {
    const { json } = scrubOf("secret")
    for (const value of [
      Array.from({ length: 1_000_000 }, () => 1),
      Array.from({ length: 1_000 }, () => "x".repeat(1_000)),
      Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key ${index}`, "\\".repeat(100)])),
      Array.from({ length: 1_000 }, () => Array.from({ length: 1_000 }, () => []))
    ]) {
      const out = JSON.stringify(json(value))
      assert.isAtMost(out.length, 300_000)
      assert.include(out, "<too long>")
    }
  })

  it("adds secrets without changing the first scrub", () => {
    const first = scrubOf("px-token-1")
    const both = first.with([signature, signedUrl])
    assert.strictEqual(both.id(`a px-token-1 b ${signature} c`), "a <redacted> b <redacted> c")
    assert.strictEqual(both.id(`"${encodeURIComponent(signedUrl)}"`), '"<redacted>"')
    assert.isTrue(both.holds(Encoding.encodeBase64(`sig ${signature}`)))
    assert.isFalse(first.holds(signature))
  })

  const urls: ReadonlyArray<readonly [string, string]> = [
    ["https://me:p@ss@host/a b", "https://<redacted>@host/a b"],
    ["https://host/a?email=me@b", "https://host/a?<redacted>"],
    ["see https%3A%2F%2Fme%3Apw%40x@host%2Fa", "see https%3A%2F%2F<redacted>@host%2Fa"],
    ["/a?b=c?d=e", "/a?<redacted>"],
    ["really? yes", "really? yes"],
    ["https://host/a#frag", "https://host/a#<redacted>"]
  ]
  for (const [line, expected] of urls) {
    it(`makes ${expected} of ${line}`, () => {
      assert.strictEqual(scrubOf("secret").text(line), expected)
    })
  }
})
