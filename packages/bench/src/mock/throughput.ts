/**
 * Measures the throughput of the stand-alone mock server, journal and timeline included, against bare Fastify that
 * serializes the same object for each request.
 */
import { pairs } from "../table.js"
import { open } from "./load.js"
import { startMeasured } from "./servers.js"

const headers = { authorization: "Bearer mock_default_owner" }
const connections = 50
const turn = 400 // milliseconds
const rounds = 11

/** The paths of the answers. The first needs a new job; the others exist in every world. */
const asked = [
  ["a job of sixty tasks", (url: string) => created(url, "/v0/workflows/wf-basin-mosaic/jobs")],
  ["a job of three tasks", () => "/v0/workflows/wf-crop-classification/jobs/job-crop-running"],
  ["a list of two jobs", () => "/v0/workflows/wf-crop-classification/jobs"]
] as const

const created = async (url: string, path: string): Promise<string> => {
  const response = await fetch(`${url}${path}?project_id=p`, { method: "POST", headers })
  const { id } = (await response.json()) as { readonly id: string } // as the mock writes it
  return `${path}/${id}`
}

const units = [
  { name: "requests per second", digits: 0 },
  { name: "µs of its CPU per request", digits: 1 }
]

const side = async (name: string, server: Awaited<ReturnType<typeof startMeasured>>, path: string) => {
  const load = await open(new URL(path, server.url), headers, connections)
  return {
    name,
    measure: async () => {
      const before = await server.cpu()
      const { answers, seconds } = await load.run(turn)
      return [answers / seconds, ((await server.cpu()) - before) / answers]
    },
    close: load.close
  }
}

export const throughput = async () => {
  const mock = await startMeasured("mock", ["--port", "0"])
  for (const [what, find] of asked) {
    const path = await find(mock.url)
    const json = await (await fetch(mock.url + path, { headers })).text()
    const bare = await startMeasured("bare", [json])
    const sides = [await side("bare Fastify", bare, path), await side("pixxel-mock", mock, path)] as const
    const title = `Getting ${what} (${Buffer.byteLength(json)} bytes) over ${connections} connections`
    await pairs(title, units, sides, rounds)
    for (const { close } of sides) close()
    await bare.stop()
  }
  await mock.stop()
}
