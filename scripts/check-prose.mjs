// Rejects phrases that are not plain technical English, in comments, strings and documents: npm run prose
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

/** The checked files, as git pathspecs. Extend it when a folder's prose is done, for example by "mock-server". */
const scope = [
  ".ci",
  "docs",
  "fixtures",
  "mock-server",
  "packages",
  "scripts",
  "*.md",
  "vitest.*.ts",
  ":!scripts/check-prose.mjs"
]

/** Phrases with a plainer form. */
const banned = [
  [/\b(no|some|any)body\b/i, "name the actor: a caller, another client"],
  [/\bwho(m|ever|mever)\b/i, "name the actor"],
  [/\b(for|of|to|two) who\b/i, "name the actor"],
  [/\bwhatever\b/i, "any, for any"],
  [/^what\b/i, "start with a noun or a verb"],
  [/\bof what\b/i, "name the subject"],
  [
    /\bwhat (is|was|are|has|had|it|they|comes?|came|follows|goes|went|happens|makes|can|may|must|should)\b/i,
    "use a noun"
  ],
  [/\b(that|which) (is|are|was|were) to\b/i, "the infinitive, or a relative clause"],
  [/\b(is|are) to be\b/i, "must be, will be"],
  [/\bto be had\b/i, "available"],
  [/\banew\b/i, "again, from the start"],
  [/\bin vain\b/i, "without success"],
  [/\bfor ever\b/i, "endlessly"],
  [/\ball the same\b/i, "still"],
  [/\bso (many|much)\b/i, "name the number"],
  [/\bliv(e|es|ed) through\b/i, "tolerate, survive"],
  [/\bas good as\b/i, "counts as"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\bcomes of\b/i, "results from"],
  [/\ba word of\b/i, "name the text"],
  [/\bbehind the (end|body|head)\b/i, "after"]
]

/** Fragments that may contain a banned phrase, such as quoted messages of other programs. */
const allowed = []

const literals = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g

/** The comments and strings of a program with their offsets; the whole text of a document. */
const textsOf = (file, source) =>
  /\.(ts|mjs)$/.test(file)
    ? [...source.matchAll(literals)].map(({ 0: text, index }) => ({ text, index }))
    : [{ text: source, index: 0 }]

/** Joins the lines of a comment and removes its marks and quotes. Lengths stay, so that offsets do. */
const plain = (text) => {
  const joined = text.replace(/\n[ \t]*(\*(?!\/)|\/\/)?/g, (mark) => " ".repeat(mark.length))
  return allowed.reduce((left, it) => left.replaceAll(it, " ".repeat(it.length)), joined)
}

const files = execFileSync("git", ["ls-files", "--", ...scope], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.(ts|mjs|md|sh)$/.test(file) || file.startsWith(".ci/"))
let found = 0
for (const file of files) {
  const source = readFileSync(file, "utf8")
  for (const { index, text } of textsOf(file, source)) {
    const prose = plain(text)
    const start = /^[\s/*"'`]*/.exec(prose)[0].length
    for (const [phrase, hint] of banned) {
      const from = phrase.source.startsWith("^") ? start : 0
      for (const match of prose.slice(from).matchAll(new RegExp(phrase, "gi"))) {
        const line = source.slice(0, index + from + match.index).split("\n").length
        console.error(`${file}:${line}: "${match[0]}": write ${hint}`)
        found++
      }
    }
  }
}
if (found > 0) {
  console.error(`${found} phrases in ${files.length} files`)
  process.exit(1)
}
