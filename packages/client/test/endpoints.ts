/** The rows of all operations. */
import * as jobs from "../src/jobs/internal/endpoints.js"
import * as workflows from "../src/workflows/internal/endpoints.js"

export const endpoints = [...Object.values(workflows), ...Object.values(jobs)]
