/** The tables of the README generated from the sources: `npm run readme` inserts them. */
import { table } from "../../../mock-server/test/markdown.js"
import { endpoints } from "../../client/test/endpoints.js"
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

type Row = (typeof endpoints)[number]

const serviceOf = ({ name }: Row) => name.slice(0, name.indexOf("."))

const methodsOf = (rows: ReadonlyArray<Row>) =>
  rows.map((row) => `\`${row.name.slice(serviceOf(row).length + 1)}\``).join(", ")

const isRepeated = (repeat: Row["repeat"]) => ["safe", "harmless", "gone"].includes(repeat)

/** The tables by their names in the README. */
export const tables = {
  operations: table(
    ["service", "repeated after a lost answer", "never repeated blindly", "costs tokens"],
    [...new Set(endpoints.map(serviceOf))].map((service) => {
      const rows = endpoints.filter((row) => serviceOf(row) === service)
      return [
        `\`${service}\``,
        methodsOf(rows.filter(({ repeat }) => isRepeated(repeat))),
        methodsOf(rows.filter(({ cost, repeat }) => cost === "none" && !isRepeated(repeat))),
        methodsOf(rows.filter(({ cost }) => cost === "billable"))
      ]
    })
  ),
  versions: table(
    ["package", "Node", "`effect`", "`@effect/platform`"],
    ["packages/client", "packages/client-node", "mock-server", "packages/cli"].map(versionsOf)
  )
}
