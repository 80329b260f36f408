/** The folder of the programs that tests start, for the files of a project: each program is built once. */
import { mkdtempSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { TestProject } from "vitest/node"

/** Its programs are as deep as the sources of the mock server, which looks for its fixtures from there. */
const prefix = fileURLToPath(new URL("./node_modules/.programs-", import.meta.url))

declare module "vitest" {
  interface ProvidedContext {
    readonly programs: string
  }
}

export default ({ provide }: TestProject) => {
  const folder = mkdtempSync(prefix)
  provide("programs", folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
