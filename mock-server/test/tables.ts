/**
 * The tables of the mock catalog: every fault, quirk, preset and rule of conduct, made of the rows that the tests run.
 */
import { conductRules } from "../src/core/Conduct.js"
import { faultRows, linesOf as linesOfFault } from "./http/faultRows.js"
import { code, table } from "./markdown.js"
import { presets } from "./presets.js"
import { linesOf as linesOfQuirk, quirkRows } from "./quirkRows.js"

const lines = ["in a test", "over HTTP", "on the command line"]

/** By their names in the catalog. */
export const tables: Readonly<Record<string, string>> = {
  faults: table(
    ["fault", "`fetch` sees", "undici's `request` sees", ...lines],
    faultRows.map((row) => {
      const { commandLine, http, test } = linesOfFault(row)
      return [row.what, row.fetch, row.request, code(test), code(http), code(commandLine)]
    })
  ),
  quirks: table(
    ["quirk", "sends", "where it comes from", ...lines],
    quirkRows.map((row) => {
      const { commandLine, http, test } = linesOfQuirk(row)
      return [code(row.quirk), row.sends, row.source, code(test), code(http), code(commandLine)]
    })
  ),
  presets: table(
    ["preset", "its world", ...lines],
    presets.map(({ about, commandLine, http, name, test }) => [
      code(name),
      about,
      code(test),
      code(http),
      code(commandLine)
    ])
  ),
  conduct: table(
    ["rule", "asks that", "switched off in a test", "switched off over HTTP", "judged alone on the command line"],
    Object.entries(conductRules).map(([rule, asks]) => [
      code(rule),
      asks,
      code(`MockServer.layer({ conduct: { ${rule}: false } })`),
      code(`POST /__mock/v1/worlds/w/conduct {"${rule}": false}`),
      code(`npx @effect-pixxel/mock-server --conduct ${rule}`)
    ])
  )
}

/** Replaces the tables in a text by the current ones. */
export const withTables = (text: string): string =>
  text.replaceAll(
    /<!-- table: (\w+) -->\n(?:\|[^\n]*\n)*/g,
    (_, name: string) => `<!-- table: ${name} -->\n${tables[name] ?? ""}`
  )
