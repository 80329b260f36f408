/** The documents of the repository, and the code that they show. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

export const read = (path: string): string => readFileSync(root(path), "utf8")

/** The pages that are written by hand. */
export const documents: ReadonlyArray<string> = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "mock-server/README.md",
  "mock-server/TUTORIAL.md",
  ...readdirSync(root("packages"))
    .map((name) => `packages/${name}/README.md`)
    .filter((path) => readdirSync(root(path.slice(0, -"/README.md".length))).includes("README.md")),
  ...readdirSync(root("docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort()
]

export interface Block {
  /** Of a heading: `#`. */
  readonly language: string
  readonly code: string
  /** The file that it shows: `<!-- path -->` stands on the line before. */
  readonly source: string | undefined
  /** Where it begins, from 1 on. */
  readonly line: number
}

/** The fenced blocks of a document and its headings, in their order. */
export const blocksOf = (text: string): ReadonlyArray<Block> =>
  [...text.matchAll(/^#+ (.*)$|(?:^<!-- (\w[^\s:]*\/\S+) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: heading, 2: source, 3: language = "", 4: code = "", index }) => ({
      language: heading === undefined ? language : "#",
      code: heading ?? code,
      source,
      line: text.slice(0, index).split("\n").length
    })
  )
