/** Runs the mock server as a separate process, with a job for each requested size. */
import { buildServer, type JobFixture, shippedFixtures, tokenOf } from "@effect-pixxel/mock-server"

const shipped = shippedFixtures()
const workflow = "wf-crop-classification"
const story = (size: string): JobFixture => ({
  kind: "job",
  source: "made up for a benchmark",
  workflow,
  phases: [{ status: "completed" }],
  tasks: [],
  download: { pending: "0s", size }
})

const sizes = process.argv.slice(2)
const fixtures = { ...shipped, jobs: new Map([...shipped.jobs, ...sizes.map((size) => [size, story(size)] as const)]) }
const server = buildServer({ fixtures })
const url = await server.listen({ port: 0, host: "127.0.0.1" })
const token = tokenOf("bench", "owner")

const ask = (method: string, query: string) =>
  fetch(`${url}/v0/workflows/${workflow}/jobs${query}`, { method, headers: { authorization: `Bearer ${token}` } })

// the first request creates the world
await ask("GET", "")
const jobs: Record<string, string> = {}
for (const size of sizes) {
  server.mock.worlds.get("bench")?.enqueue(size)
  const { id } = (await (await ask("POST", "?project_id=project-monsoon-2024")).json()) as { readonly id: string }
  jobs[size] = id
}
process.send?.({ url, token, workflow, jobs })
process.on("disconnect", () => process.exit())
