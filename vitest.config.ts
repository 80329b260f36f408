import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import workspace from "./vitest.workspace.js"

export default defineConfig({
  test: {
    projects: workspace,
    silent: "passed-only",
    // Vitest leaves a core to itself by default, which is one worker of two
    maxWorkers: availableParallelism()
  }
})
