import { mergeConfig } from "vitest/config"
import { project } from "../../vitest.shared.js"

export default mergeConfig(project("examples"), { test: { include: ["tutorial/**/*.test.ts", "docs/**/*.test.ts"] } })
