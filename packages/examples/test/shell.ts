/** Parses the shell lines of a document into commands, each as its words. */

/** Splits words like a shell, and removes quotes. */
const wordsOf = (line: string): ReadonlyArray<string> =>
  (line.match(/(?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replaceAll(/"((?:\\.|[^"])*)"|'([^']*)'/g, (_, double, single) => double ?? single)
  )

/** The commands of a block in order, without comments, assignments and redirections. */
export const commandsOf = (block: string): ReadonlyArray<ReadonlyArray<string>> =>
  block
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#\s.*$/, "").replaceAll(/\s>\s\S+/g, ""))
    .flatMap((line) => line.split(/\s(?:&&|\|\||\||;|&)(?:\s|$)/))
    .map((line) => wordsOf(line.trim()))
    .map((words) => {
      const first = words.findIndex((word) => !/^\w+=/.test(word))
      return first === -1 ? [] : words.slice(first)
    })
    .filter(([command]) => command !== undefined)
