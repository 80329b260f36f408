/**
 * Text that is safe to show and has a known width. Control characters of the server's texts are replaced, so that a
 * job's name cannot move the cursor or forge a line. Widths are terminal columns: a CJK letter or an emoji has two.
 */
import stringWidth from "fast-string-width"

/** Control characters, and characters that change the text direction. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** Escapes a lone surrogate like JSON, since UTF-8 cannot encode it. */
const escaped = (half: string) => `\\u${half.charCodeAt(0).toString(16)}`

export const plain = (text: string): string =>
  text
    .replace(/[\t\r\n]+/g, " ")
    .replace(unprintable, "\ufffd")
    .replace(/\p{Surrogate}/gu, escaped)

/** Like `plain`, line by line. */
export const plainLines = (text: string): string => text.split("\n").map(plain).join("\n")

// Creating an `Intl.Segmenter` takes a command as long as all its parsing, so ASCII texts avoid it.
const ascii = /^[ -~]*$/

/** The width of a text in columns. Colours take none. */
export const widthOf = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text))

/** Splits a text into graphemes. */
const letters = (text: string): Iterable<string> => {
  if (ascii.test(text)) return text
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)
  return Array.from(segments, ({ segment }) => segment)
}

/** The longest beginning within `width` columns. */
const beginning = (text: string, width: number): string => {
  let taken = 0
  let result = ""
  for (const letter of letters(text)) {
    taken += widthOf(letter)
    if (taken > width) break
    result += letter
  }
  return result
}

/** Truncates a text to `width` columns, with an ellipsis. */
export const cut = (text: string, width: number): string =>
  widthOf(text) <= width ? text : width < 1 ? "" : `${beginning(text, width - 1)}…`

/** Pads a text to at least `width` columns. */
export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text

/** Wraps a text to lines of at most `width` columns, between words if possible. */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  if (widthOf(text) <= width) return [text]
  const lines: Array<string> = []
  let line = ""
  const add = (word: string) => {
    const joined = line === "" ? word : `${line} ${word}`
    if (widthOf(joined) <= width) {
      line = joined
      return
    }
    if (line !== "") lines.push(line)
    let rest = word
    while (widthOf(rest) > width) {
      // a letter wider than the line gets its own line
      const head = beginning(rest, width) || [...letters(rest)][0] || rest
      lines.push(head)
      rest = rest.slice(head.length)
    }
    line = rest
  }
  for (const word of text.split(" ")) add(word)
  return line === "" ? lines : [...lines, line]
}
