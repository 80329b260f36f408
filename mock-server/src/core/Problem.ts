/**
 * What is wrong with a fixture, in the words of a good compiler: where, what was found, what was expected, and what
 * was probably meant.
 */

export type Path = ReadonlyArray<string | number>

export interface Problem {
  /** The value that it is about, or the object that lacks something. */
  readonly path: Path
  /** Whether it is the key of the value that is wrong. */
  readonly at: "key" | "value"
  readonly message: string
}

const longestText = 60

const shorten = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text)

const printKey = (key: string | number): string => {
  if (typeof key === "number") return `[${key}]`
  return /^[\w$]+$/.test(key) ? `.${shorten(key)}` : `[${shorten(JSON.stringify(key))}]`
}

/** `phases[1].status`; the whole is `(root)`. */
export const printPath = (path: Path): string => path.map(printKey).join("").replace(/^\./, "") || "(root)"

/** How a value is named in a message. */
export const printValue = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object" && value !== null) return "an object"
  return shorten(JSON.stringify(value))
}

/** More words than this help nobody; the one that was meant is said apart. */
const mostWords = 12

/** `"a", "b"` */
export const printWords = (words: ReadonlyArray<string>): string => {
  const shown = words.slice(0, mostWords).map((word) => JSON.stringify(word))
  const left = words.length - shown.length
  return `${shown.join(", ")}${left > 0 ? ` and ${left} more` : ""}`
}

/** How many letters must be added, removed, changed or swapped with their neighbour. */
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

const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "")

/**
 * The word that was probably meant, if one is near enough: a third of its letters may differ. A word that is too long for
 * that is not compared: it may be as long as a request.
 */
const nearest = (word: string, words: ReadonlyArray<string>): string | undefined => {
  const wanted = plain(word)
  const [best] = words
    .flatMap((candidate) => {
      const most = Math.max(1, candidate.length / 3)
      const other = plain(candidate)
      if (Math.abs(wanted.length - other.length) > most) return []
      const off = distance(wanted, other)
      return off <= most ? [{ candidate, off }] : []
    })
    .sort((a, b) => a.off - b.off)
  return best?.candidate
}

/** ` (did you mean "…"?)`, or nothing when no word is near. */
export const didYouMean = (word: string, words: ReadonlyArray<string>): string => {
  const meant = nearest(word, words)
  return meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`
}

/** A text, or what makes it: few of many problems are shown. */
type Text = string | (() => string)

/** The value is wrong; `word` is looked for among `words`. */
export const problem = (
  path: Path,
  found: string,
  expected: Text,
  word?: unknown,
  words: ReadonlyArray<string> = []
): Problem => problemAt("value", path, found, expected, word, words)

/** Looks for the word that was meant only when the message is read. */
const problemAt = (
  at: Problem["at"],
  path: Path,
  found: string,
  expected: Text,
  word: unknown,
  words: ReadonlyArray<string>
): Problem => ({
  path,
  at,
  get message() {
    const wanted = typeof expected === "string" ? expected : expected()
    return `found ${found}, expected ${wanted}${typeof word === "string" ? didYouMean(word, words) : ""}`
  }
})

/** The last key of the path is wrong. */
export const keyProblem = (path: Path, expected: string, words: ReadonlyArray<string> = []): Problem => {
  const key = path.at(-1)
  return problemAt("key", path, `the key ${printValue(key)}`, expected, key, words)
}

/** How many problems a message lists. */
export const mostProblems = 100

/** The first problems, and how many there are beside them. */
export const printProblems = (
  problems: ReadonlyArray<Problem>
): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const shown = problems.slice(0, mostProblems).map(({ message, path }) => ({ path: printPath(path), message }))
  const left = problems.length - shown.length
  return left === 0 ? shown : [...shown, { path: "(root)", message: `${left} more, which are not listed` }]
}
