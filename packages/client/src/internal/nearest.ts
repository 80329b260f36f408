/** Sorts words by their likeness to another one, for suggestions. */

/** The longest word that is compared: the time grows with both lengths. */
const longest = 100

/** The number of characters to add, remove or change. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

export const nearestFirst = (word: string, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const wanted = word.toLowerCase().slice(0, longest)
  return words
    .map((it) => ({ it, off: distance(wanted, it.toLowerCase().slice(0, longest)) }))
    .sort((one, other) => one.off - other.off)
    .map(({ it }) => it)
}
