/** The parts of the README generated from the sources: `npm run readme` inserts them. */
import { table } from "../../../mock-server/test/markdown.js"
import { methods } from "../../api/src/coverage.js"
import { read } from "./markdown.js"

interface Manifest {
  readonly name: string
  readonly engines: { readonly node: string }
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const versionsOf = (folder: string): ReadonlyArray<string> => {
  // every package has these fields
  const { engines, name, peerDependencies = {} } = JSON.parse(read(`${folder}/package.json`)) as Manifest
  const peer = (name: string) => (peerDependencies[name] === undefined ? "" : `\`${peerDependencies[name]}\``)
  return [`\`${name}\``, `\`${engines.node}\``, peer("effect"), peer("@effect/platform")]
}

/** The parts by their names in the README. */
export const tables = {
  operations: methods,
  versions: table(
    ["package", "Node", "`effect`", "`@effect/platform`"],
    ["packages/client", "packages/client-node", "mock-server", "packages/cli"].map(versionsOf)
  )
}
