/** Reads the shell lines of a document: the commands in them, each as its words. */

/** Words as a shell splits them; quotes are taken off. */
const wordsOf = (line: string): ReadonlyArray<string> =>
  (line.match(/(?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replaceAll(/"((?:\\.|[^"])*)"|'([^']*)'/g, (_, double, single) => double ?? single)
  )

/** The commands of a block: without comments, assignments and redirections, one after the other. */
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
