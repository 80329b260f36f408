import { availableParallelism } from "node:os"
import { configDefaults, defineConfig } from "vitest/config"
import { project } from "./vitest.shared.js"
import workspace from "./vitest.workspace.js"

/** More than cores: a test clock and a child process leave their worker idle. */
const workers = Math.ceil(1.5 * availableParallelism())

const all = project("all")

/**
 * The projects of a run of everything: the files of all packages share their workers, since each project starts its own,
 * which load and compile all modules. `--project` runs the files of one package.
 */
const together = [
  {
    ...all,
    test: {
      ...all.test,
      include: ["{mock-server,packages/*}/test/**/*.test.ts", "packages/examples/{docs,tutorial}/**/*.test.ts"],
      exclude: [...configDefaults.exclude, "mock-server/test/{clock,isolated}/**"]
    }
  },
  "mock-server/vitest.isolated.config.ts"
]

const isOfSome = process.argv.some((word) => word.startsWith("--project"))

export default defineConfig({
  test: {
    projects: isOfSome ? workspace : together,
    silent: "passed-only",
    // One process runs many files: the modules are loaded once, and the code stays compiled.
    poolOptions: { forks: { isolate: false, execArgv: ["--max-semi-space-size=64"] } },
    // Equal: the pool would end idle workers above the minimum, even one that gets the next file
    minWorkers: workers,
    maxWorkers: workers
  }
})
