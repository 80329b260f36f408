/**
 * Problems of a fixture, reported like those of a compiler: the place, the value found, the value expected, and a
 * suggestion.
 */

export type Path = ReadonlyArray<string | number>

export interface Problem {
  /** Path of the wrong value, or of the object that lacks a key. */
  readonly path: Path
  /** Whether the key or the value is wrong. */
  readonly at: "key" | "value"
  readonly message: string
}

/** Formats a path as `phases[1].status`; the empty path is `(root)`. */
export const printPath = (path: Path): string =>
  path
    .map((key) =>
      typeof key === "number" ? `[${key}]` : /^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
    )
    .join("")
    .replace(/^\./, "") || "(root)"

/** Formats a value for a message. */
export const printValue = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object" && value !== null) return "an object"
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Longest list of words in a message; the suggestion names the likely one. */
const mostWords = 12

/** Formats words as `"a", "b"`. */
export const printWords = (words: ReadonlyArray<string>): string => {
  const shown = words.slice(0, mostWords).map((word) => JSON.stringify(word))
  const left = words.length - shown.length
  return `${shown.join(", ")}${left > 0 ? ` and ${left} more` : ""}`
}

/** Counts the letters to add, remove, change or swap with their neighbour. */
const distance = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const cell = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          cell(i - 1, j) + 1,
          cell(i, j - 1) + 1,
          cell(i - 1, j - 1) + change,
          swapped ? cell(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
  }
  return cell(a.length, b.length)
}

/** Returns the nearest word, if at most a third of its letters differ. */
const nearest = (word: string, words: ReadonlyArray<string>): string | undefined => {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "")
  const [best] = words
    .map((candidate) => ({ candidate, off: distance(plain(word), plain(candidate)) }))
    .filter(({ candidate, off }) => off <= Math.max(1, candidate.length / 3))
    .sort((a, b) => a.off - b.off)
  return best?.candidate
}

/** Returns ` (did you mean "…"?)`, or an empty text when no word is near. */
export const didYouMean = (word: string, words: ReadonlyArray<string>): string => {
  const meant = nearest(word, words)
  return meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`
}

/** Makes a problem of a value; suggests the one of `words` nearest to `word`. */
export const problem = (
  path: Path,
  found: string,
  expected: string,
  word?: unknown,
  words: ReadonlyArray<string> = []
): Problem => {
  const suggestion = typeof word === "string" ? didYouMean(word, words) : ""
  return { path, at: "value", message: `found ${found}, expected ${expected}${suggestion}` }
}

/** Makes a problem of the last key of the path. */
export const keyProblem = (path: Path, expected: string, words: ReadonlyArray<string> = []): Problem => {
  const key = path.at(-1)
  return { ...problem(path, `the key ${JSON.stringify(key)}`, expected, key, words), at: "key" }
}
