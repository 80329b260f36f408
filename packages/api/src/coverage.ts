/** Which operations of the API each part of the project has: the page docs/reference/coverage.md. */

import { fixturesOf, operations as mocked } from "@effect-pixxel/mock-server"

import { code, table } from "../../../mock-server/test/markdown.js"
import { endpoints } from "../../client/test/endpoints.js"
import { commands } from "./commands.js"
import { operations } from "./official.js"

/** The parts that an operation can be missing in. */
export const parts = ["client", "mock", "command"] as const
export type Part = (typeof parts)[number]

export interface Coverage extends Readonly<Record<Part, string | undefined>> {
  readonly id: string
  readonly call: string
  /** The row of the client. */
  readonly row: (typeof endpoints)[number] | undefined
  /** The folders of the mock's fixtures that its resource has. */
  readonly fixtures: ReadonlyArray<string>
}

const isMocked = (id: string): id is keyof typeof mocked => id in mocked

export const coverage: ReadonlyArray<Coverage> = operations.map(({ id, method, path }) => ({
  id,
  call: `${method} ${path}`,
  row: endpoints.find(({ operation }) => operation === id),
  client: endpoints.find(({ operation }) => operation === id)?.name,
  mock: isMocked(id) ? mocked[id].route : undefined,
  fixtures: isMocked(id) ? fixturesOf(id) : [],
  command: commands[id]
}))

/** The next step of the client after a request whose answer was lost. */
const afterLoss = {
  safe: "repeats",
  harmless: "repeats",
  gone: "repeats",
  unique: "looks by name, then repeats",
  once: "never repeats",
  lookup: "searches, never repeats"
} as const

/** The operations that a part lacks. */
export const holesOf = (part: Part): ReadonlyArray<string> =>
  coverage.flatMap((row) => (row[part] === undefined ? [row.id] : []))

const count = (part: Part) => coverage.length - holesOf(part).length

/** The numbers of operations. */
const summary = `The API has ${coverage.length} operations. The client has ${count("client")} of them, the mock server ${count("mock")}, the command line ${count("command")}.`

type Row = (typeof endpoints)[number]

const serviceOf = ({ name }: Row) => name.slice(0, name.indexOf("."))

const methodsOf = (rows: ReadonlyArray<Row>) =>
  rows.map((row) => code(row.name.slice(serviceOf(row).length + 1))).join(", ")

const isRepeated = ({ repeat }: Row) => afterLoss[repeat] === "repeats"

/** The methods of all services, for the README. */
export const methods = table(
  ["service", "repeated after a lost answer", "never repeated blindly", "costs tokens"],
  [...new Set(endpoints.map(serviceOf))].map((service) => {
    const rows = endpoints.filter((row) => serviceOf(row) === service)
    return [
      code(service),
      methodsOf(rows.filter(isRepeated)),
      methodsOf(rows.filter((row) => row.cost === "none" && !isRepeated(row))),
      methodsOf(rows.filter(({ cost }) => cost === "billable"))
    ]
  })
)

export const page = `<!-- Written by npm run reference: change the rows, not this page. -->

# Coverage

${summary}

${table(
  ["operation", "call", "client", "after a lost answer", "mock", "fixtures", "command"],
  coverage.map(({ call, client, command, fixtures, id, mock, row }) => [
    code(id),
    code(call),
    client === undefined ? "" : code(client),
    row === undefined ? "" : `${afterLoss[row.repeat]}${row.cost === "billable" ? " (**costs tokens**)" : ""}`,
    mock === undefined ? "" : "yes",
    fixtures.map((folder) => code(`fixtures/${folder}`)).join(", "),
    command === undefined ? "" : code(`pixxel ${command}`)
  ])
)}`

export const pageFile = new URL("../../../docs/reference/coverage.md", import.meta.url)
