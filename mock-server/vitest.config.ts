import { configDefaults } from "vitest/config"
import { project } from "../vitest.shared.js"

const config = project("mock-server")

export default { ...config, test: { ...config.test, exclude: [...configDefaults.exclude, "test/{clock,isolated}/**"] } }
