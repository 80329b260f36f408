import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import workspace from "./vitest.workspace.js"

/** More than cores: a test clock and a child process leave their worker idle. */
const workers = Math.ceil(1.5 * availableParallelism())

export default defineConfig({
  test: {
    projects: workspace,
    silent: "passed-only",
    // One process runs many files: the modules are loaded once, and the code stays compiled.
    poolOptions: { forks: { isolate: false, execArgv: ["--max-semi-space-size=64"] } },
    // Equal: the pool would end idle workers above the minimum, even one that gets the next file
    minWorkers: workers,
    maxWorkers: workers
  }
})
