/** The tables of the README that are made of the sources: `npm run readme` puts them there. */
import { endpoints } from "../../client/src/internal/endpoints.js"
import { read } from "./markdown.js"

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("")

interface Manifest {
  readonly name: string
  readonly engines: { readonly node: string }
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const versionsOf = (folder: string): ReadonlyArray<string> => {
  // every package has these
  const { engines, name, peerDependencies = {} } = JSON.parse(read(`${folder}/package.json`)) as Manifest
  const peer = (name: string) => (peerDependencies[name] === undefined ? "" : `\`${peerDependencies[name]}\``)
  return [`\`${name}\``, `\`${engines.node}\``, peer("effect"), peer("@effect/platform")]
}

/** By their names in the README. */
export const tables = {
  operations: table(
    ["method", "call", "may be repeated", "costs tokens"],
    endpoints.map(({ billable, method, name, path, repeatable }) => [
      `\`${name}\``,
      `\`${method} ${path}\``,
      repeatable ? "yes" : "no",
      billable ? "**yes**" : "no"
    ])
  ),
  versions: table(
    ["package", "Node", "`effect`", "`@effect/platform`"],
    ["packages/client", "packages/client-node", "mock-server", "packages/cli"].map(versionsOf)
  )
}
