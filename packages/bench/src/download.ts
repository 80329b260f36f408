/** Measures a download: its peak memory at 2 GB and at 200 MB, and its time against a bare pipeline. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pairs, type Side } from "./table.js"

const at = (program: string) => fileURLToPath(new URL(`./${program}.mjs`, import.meta.url))

const small = "200MB"
const large = "2GB"
const bytes: Readonly<Record<string, number>> = { [small]: 200e6, [large]: 2e9 }

interface Store {
  readonly url: string
  readonly token: string
  readonly workflow: string
  readonly jobs: Readonly<Record<string, string>>
}

export const download = async () => {
  const server = fork(at("downloadStore"), [small, large])
  const store: Store = (await once(server, "message"))[0]
  const folder = mkdtempSync(join(tmpdir(), "pixxel-bench-"))

  const side = (name: string, how: string, size: string): Side => ({
    name,
    measure: async () => {
      const path = join(folder, "package.zip")
      const child = fork(
        at("downloadFetcher"),
        [how, store.url, store.token, store.workflow, store.jobs[size] ?? "", path],
        {
          execArgv: []
        }
      )
      const measured: ReadonlyArray<number> = (await once(child, "message"))[0]
      if (statSync(path).size !== bytes[size]) throw new Error(`${name} has fetched ${statSync(path).size} bytes`)
      rmSync(path)
      return measured
    }
  })

  const memory = { name: "peak memory, MB", digits: 0 }
  const time = { name: "milliseconds", digits: 0 }
  try {
    await pairs(
      "Download.toFile, each in a separate process",
      [time, memory],
      [side(small, "toFile", small), side(large, "toFile", large)],
      5
    )
    await pairs(
      `${small} to a file, each in a separate process`,
      [time, memory],
      [side("fetch and pipeline", "pipeline", small), side("Download.toFile", "toFile", small)],
      7
    )
  } finally {
    server.disconnect()
    rmSync(folder, { recursive: true })
  }
}
