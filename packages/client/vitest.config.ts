import { mergeConfig } from "vitest/config"
import { project } from "../../vitest.shared.js"

/** With the few files of its neighbours: workers load their modules anew for each project. */
export default mergeConfig(project("client"), { test: { include: ["../{api,client-node}/test/**/*.test.ts"] } })
