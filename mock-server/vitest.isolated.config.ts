import { project } from "../vitest.shared.js"

const config = project("mock-server-isolated")

/** Tests that replace a module or load one twice, each in a process of its own. */
export default {
  ...config,
  test: { ...config.test, include: ["test/isolated/**/*.test.ts"], poolOptions: { forks: { isolate: true } } }
}
