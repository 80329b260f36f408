/** The subjects of errors, in messages. */
import type { Scrub } from "./redact.js"
import type { Tagged } from "./tagged.js"

/** Removes secrets from the ids: a server-made id might contain one. */
export const scrubbed = <S extends Tagged>(subject: S, { id }: Scrub): S =>
  // Scrubbing keeps the keys, and a brand has no rule beyond a non-empty text.
  Object.fromEntries(Object.entries(subject).map(([key, value]) => [key, key === "_tag" ? value : id(value)])) as S

/** The words of a tag: `OrderItem` is an order item. */
const wordsOf = (tag: string) => tag.replace(/(?!^)[A-Z]/g, " $&").toLowerCase()

/** The kind of a subject and its own id, which is the last. */
export const nameOf = (subject: Tagged): string => {
  const { _tag, ...ids } = subject
  return [wordsOf(_tag), ...Object.values(ids).slice(-1)].join(" ")
}

/** The name of a subject at the start of a sentence. */
export const atStart = (subject: Tagged): string => {
  const name = nameOf(subject)
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}
