export default [
  "packages/client",
  "packages/cli",
  "packages/examples",
  "mock-server",
  "mock-server/vitest.isolated.config.ts"
]
