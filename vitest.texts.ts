/** Texts for property tests. */
import * as fc from "effect/FastCheck"

const surrogates = 0x800
const firstSurrogate = 0xd800

/**
 * Any character, a surrogate alone excepted: the same as the unit `"binary"` of fast-check, which takes a second of each
 * process to index a million characters.
 */
export const character: fc.Arbitrary<string> = fc.nat(0x10ffff - surrogates).map(
  (index) => String.fromCodePoint(index < firstSurrogate ? index : index + surrogates),
  (text) => {
    const point = typeof text === "string" ? text.codePointAt(0) : undefined
    const isOne = point !== undefined && text === String.fromCodePoint(point) && !/^\p{Surrogate}$/u.test(text)
    if (!isOne) throw new Error("not one character")
    return point < firstSurrogate ? point : point - surrogates
  }
)
