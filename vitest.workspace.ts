export default ["packages/client", "packages/cli", "packages/examples", "mock-server"]
