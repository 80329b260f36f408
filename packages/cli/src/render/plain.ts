/**
 * Text that is safe to show and has a known width. What a server sent is shown without control characters, so that a
 * job's name cannot move the cursor or forge a line. Widths are columns of a terminal: a CJK letter or an emoji has two.
 */
import stringWidth from "fast-string-width"

/** Control characters, and those that turn the direction of what follows. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** Half of a surrogate pair, which UTF-8 cannot write: as JSON escapes it, so that an id with one can be read. */
const escaped = (half: string) => `\\u${half.charCodeAt(0).toString(16)}`

export const plain = (text: string): string =>
  text
    .replace(/[\t\r\n]+/g, " ")
    .replace(unprintable, "\ufffd")
    .replace(/\p{Surrogate}/gu, escaped)

// `Intl.Segmenter`, and libraries that make one when they are loaded, would cost a command as much as all its parsing.
const ascii = /^[ -~]*$/

/** The columns that a text takes. Colours take none. */
export const widthOf = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text))

/** What a reader takes for single letters, however many code points they have. */
const letters = (text: string): Iterable<string> => {
  if (ascii.test(text)) return text
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)
  return Array.from(segments, ({ segment }) => segment)
}

/** The longest beginning that takes so many columns at most. */
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

/** A text in so many columns at most; what is left out is an ellipsis. */
export const cut = (text: string, width: number): string =>
  widthOf(text) <= width ? text : width < 1 ? "" : `${beginning(text, width - 1)}…`

/** A text in exactly so many columns, or in more if it is longer. */
export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text

/** Lines of so many columns at most, broken between words where that is possible. */
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
      // a letter that is wider than the line still has to go somewhere
      const head = beginning(rest, width) || [...letters(rest)][0] || rest
      lines.push(head)
      rest = rest.slice(head.length)
    }
    line = rest
  }
  for (const word of text.split(" ")) add(word)
  return line === "" ? lines : [...lines, line]
}
