/** Suggested commands. */
import * as Option from "effect/Option"
import { syntax } from "../commands/command.js"
import type { Given, Origin } from "../Invocation.js"
import { plain } from "../render/plain.js"

const quoted = (word: string) =>
  /^(-|[\w.:@%+/][\w.:@%+=/-]*)$/.test(word) ? word : `'${plain(word).replaceAll("'", "'\\''")}'`

export const line = (words: string, options: ReadonlyArray<Given>): string =>
  [
    `pixxel ${words}`,
    ...options.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name} ${quoted(value)}`))
  ].join(" ")

/** A suggested command, with the ids that it takes, and all options of the current command line that it supports. */
export const suggest = (
  words: string,
  ids: object,
  { options }: Pick<Origin, "options">,
  more: ReadonlyArray<Given> = []
) => {
  const known = Option.getOrUndefined(syntax(words))
  const own = Object.entries(ids).flatMap(([id, value]) => {
    const name = id.endsWith("Id") && value !== undefined ? known?.optionOf.get(id) : undefined
    return name === undefined ? [] : [{ name, value }]
  })
  const all = [...own, ...more]
  const isRepeated = ({ name }: Given) =>
    (known?.valued.has(name) || known?.switches.has(name)) && !all.some((it) => it.name === name)
  return line(words, [...all, ...options.filter(isRepeated)])
}

/** A suggested command that lists all. */
export const overview = (words: string, { options }: Origin): string =>
  line(
    words,
    options.filter(({ name }) => name === "mock")
  )

export const isDownload = ({ command }: Origin) => command.endsWith(" download")
