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

const services = [...new Set(endpoints.map(({ name }) => name.slice(0, name.indexOf("."))))]

/** The tables by their names in the README. */
export const tables = {
  operations: table(
    ["service", "operations"],
    services.map((service) => {
      const methods = endpoints.filter(({ name }) => name.startsWith(`${service}.`))
      const nameOf = ({ cost, name }: (typeof methods)[number]) =>
        `\`${name.slice(service.length + 1)}\`${cost === "billable" ? " (**costs tokens**)" : ""}`
      return [`\`${service}\``, methods.map(nameOf).join(", ")]
    })
  ),
  versions: table(
    ["package", "Node", "`effect`", "`@effect/platform`"],
    ["packages/client", "packages/client-node", "mock-server", "packages/cli"].map(versionsOf)
  )
}
