import { mergeConfig } from "vitest/config"
import { project } from "../../vitest.shared.js"

/** With the few files of its neighbours: each project starts workers that load all modules. */
export default mergeConfig(project("client"), { test: { include: ["../{api,client-node}/test/**/*.test.ts"] } })
