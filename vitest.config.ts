import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import workspace from "./vitest.workspace.js"

export default defineConfig({
  test: {
    projects: workspace,
    silent: "passed-only",
    // One process runs many files: the modules are loaded once, and the code stays compiled.
    poolOptions: { forks: { isolate: false, execArgv: ["--max-semi-space-size=64"] } },
    // Vitest leaves a core to itself by default, which is one worker of two
    maxWorkers: availableParallelism()
  }
})
