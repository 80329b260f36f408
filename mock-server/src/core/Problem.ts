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

const longestText = 60

const shorten = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text)

const printKey = (key: string | number): string => {
  if (typeof key === "number") return `[${key}]`
  return /^[\w$]+$/.test(key) ? `.${shorten(key)}` : `[${shorten(JSON.stringify(key))}]`
}

/** Formats a path as `phases[1].status`; the empty path is `(root)`. */
export const printPath = (path: Path): string => path.map(printKey).join("").replace(/^\./, "") || "(root)"

export const printValue = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object" && value !== null) return "an object"
  return shorten(JSON.stringify(value))
}

const mostWords = 12

/** Formats words as `"a", "b"`, those near `word` first. */
export const printWords = (words: ReadonlyArray<string>, word?: unknown): string => {
  const sorted = typeof word === "string" ? nearestFirst(word, words) : words
  const shown = sorted.slice(0, mostWords).map((word) => JSON.stringify(word))
  const left = words.length - shown.length
  return `${shown.join(", ")}${left > 0 ? ` and ${left} more` : ""}`
}

const cell = (row: ReadonlyArray<number>, at: number) => row[at] ?? Number.POSITIVE_INFINITY

/** Counts the letters to add, remove, change or swap with their neighbour. */
const distance = (a: string, b: string): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, cell(last, j - 1) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, cell(beforeLast, j - 2) + 1)
      }
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return cell(last, b.length)
}

/** Longest words that are compared, since the time grows with both lengths. */
const longestWord = 100

/** Removes case and separators, which do not count. */
const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "")

/** Whether a candidate begins or ends with the word: `getJob` for `getJobById`. */
const isPart = (word: string, candidate: string): boolean =>
  word.length >= 3 && (candidate.startsWith(word) || candidate.endsWith(word))

/** A candidate that is near: a part of the word, or with at most a third of the letters different. */
const compare = (word: string, candidate: string) => {
  const [plainWord, plainCandidate] = [plain(word), plain(candidate)]
  const part = isPart(plainWord, plainCandidate)
  const most = Math.max(1, candidate.length / 3)
  // the difference of the lengths is a lower bound of the distance, and costs nothing
  if (!part && Math.abs(plainWord.length - plainCandidate.length) > most) return []
  const off = distance(plainWord, plainCandidate)
  return part || off <= most ? [{ candidate, part, off, exact: distance(word, candidate) }] : []
}

/** Returns the near candidates, the nearest first. */
const near = (word: string, candidates: ReadonlyArray<string>): ReadonlyArray<string> =>
  word.length > longestWord
    ? []
    : candidates
        .filter((candidate) => candidate.length <= longestWord)
        .flatMap((candidate) => compare(word, candidate))
        .sort((a, b) => Number(b.part) - Number(a.part) || a.off - b.off || a.exact - b.exact)
        .map(({ candidate }) => candidate)

const nearestFirst = (word: string, candidates: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set([...near(word, candidates), ...candidates])
]

/** Returns ` (did you mean "…"?)`, or an empty text when no word is near. */
export const didYouMean = (word: string, words: ReadonlyArray<string>): string => {
  const [meant] = near(word, words)
  return meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`
}

/** Formats the known names as `stories: "a", "b" (did you mean "a"?)`, the nearest to the word first. */
export const knownWords = (plural: string, words: ReadonlyArray<string>, word: string): string =>
  words.length === 0 ? `there are no ${plural}` : `${plural}: ${printWords(words, word)}${didYouMean(word, words)}`

/** A text, or a function that makes it, since few of many problems are shown. */
type Text = string | (() => string)

/**
 * Makes a problem of a value, or of the key of the path; suggests the one of `words` nearest to `word`. Searches for it
 * only when the message is read.
 */
export const problem = (
  path: Path,
  found: string,
  expected: Text,
  word?: unknown,
  words: ReadonlyArray<string> = [],
  at: Problem["at"] = "value"
): Problem => ({
  path,
  at,
  get message() {
    const wish = typeof expected === "string" ? expected : expected()
    return `found ${found}, expected ${wish}${typeof word === "string" ? didYouMean(word, words) : ""}`
  }
})

/** Reports a value that is not right; `found` describes it. */
export const unless = (isRight: boolean, path: Path, found: string, expected: Text): ReadonlyArray<Problem> =>
  isRight ? [] : [problem(path, found, expected)]

/** Formats the expected words as `the name of a story: "a", "b"`, the nearest to `word` first. */
export const expectedOf = (what: string, words: ReadonlyArray<string>, word?: unknown): string =>
  words.length === 0 ? `${what}, of which there are none` : `${what}: ${printWords(words, word)}`

/** Makes a problem of the last key of the path. */
export const keyProblem = (path: Path, expected: Text, words: ReadonlyArray<string> = []): Problem => {
  const key = path.at(-1)
  return problem(path, `the key ${printValue(key)}`, expected, key, words, "key")
}

export const mostProblems = 100

/** Formats the first problems, and the number of the others. */
export const printProblems = (
  problems: ReadonlyArray<Problem>
): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const shown = problems.slice(0, mostProblems).map(({ message, path }) => ({ path: printPath(path), message }))
  const left = problems.length - shown.length
  return left === 0 ? shown : [...shown, { path: "(root)", message: `${left} more, which are not listed` }]
}

export const taken = (path: Path, name: string): Problem =>
  problem(path, `${printValue(name)} a second time`, "a name of its own")

/** Reports a name that does not exist in the other files. */
export const reference = (
  path: Path,
  word: string | undefined,
  what: string,
  words: ReadonlyArray<string>
): ReadonlyArray<Problem> => {
  if (word === undefined || words.includes(word)) return []
  return [problem(path, printValue(word), () => expectedOf(what, words, word), word, words)]
}

/** Returns the texts at a place of a value, in each item of a list. */
const textsAt = (
  value: unknown,
  [key, ...keys]: ReadonlyArray<string>,
  path: Path
): ReadonlyArray<{ readonly path: Path; readonly text: string }> => {
  if (Array.isArray(value)) {
    const rest = key === undefined ? [] : [key, ...keys]
    return value.flatMap((item, index) => textsAt(item, rest, [...path, index]))
  }
  if (key !== undefined) return textsAt(Object(value)[key], keys, [...path, key])
  return typeof value === "string" ? [{ path, text: value }] : []
}

/** Reports the names of other fixtures that do not exist; `names` returns those of a kind. */
export const references = (
  fixture: unknown,
  places: ReadonlyArray<readonly [place: string, kind: string, what: string]>,
  names: (kind: string) => ReadonlyArray<string>
): ReadonlyArray<Problem> =>
  places.flatMap(([place, kind, what]) =>
    textsAt(fixture, place.split("."), []).flatMap(({ path, text }) => reference(path, text, what, names(kind)))
  )

/** Moves a problem to a path below another value. The message is still made only when it is read. */
export const within = (path: Path, found: Problem): Problem => ({
  path: [...path, ...found.path],
  at: found.at,
  get message() {
    return found.message
  }
})

export const laterThan = (now: number, path: Path, at: number, shown = String(at)): ReadonlyArray<Problem> =>
  unless(at <= now, path, shown, `none after "now", which is ${now}`)

/** Reports the items of a list whose `key` has the value of an earlier one. */
export const repeated = <Key extends string>(
  path: Path,
  key: Key,
  items: ReadonlyArray<Readonly<Record<Key, unknown>>>
): ReadonlyArray<Problem> => {
  const seen = new Set<unknown>()
  return items.flatMap(({ [key]: value }, index) => {
    if (seen.has(value)) return [taken([...path, index, key], String(value))]
    seen.add(value)
    return []
  })
}

export interface ProblemsError<Name extends string> extends Error {
  readonly name: Name
  readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>
}

export type ProblemsClass<Name extends string> = new (problems: ReadonlyArray<Problem>) => ProblemsError<Name>

/**
 * The class of an invalid value from outside. The message lists its problems, one per line, as `path: message`. Its type
 * is written out, since a published one must not name the types of a runtime.
 */
export const problemsError = <Name extends string>(name: Name, what: string): ProblemsClass<Name> =>
  class extends Error {
    override readonly name = name
    readonly problems

    constructor(problems: ReadonlyArray<Problem>) {
      const printed = printProblems(problems)
      super([`${what} cannot be used`, ...printed.map(({ message, path }) => `${path}: ${message}`)].join("\n"))
      this.problems = printed
    }
  }
