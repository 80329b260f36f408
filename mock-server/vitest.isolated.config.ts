import { project } from "../vitest.shared.js"

const config = project("mock-server-isolated")

/**
 * The tests of the clock, and those that replace a module or load one twice: each file loads
 * the modules for itself.
 */
export default {
  ...config,
  test: {
    ...config.test,
    include: ["test/{clock,isolated}/**/*.test.ts"],
    poolOptions: { forks: { isolate: true } }
  }
}
