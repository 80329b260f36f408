export default [
  "packages/client",
  "packages/client-node",
  "packages/cli",
  "packages/examples",
  "packages/api",
  "mock-server",
  "mock-server/vitest.isolated.config.ts"
]
