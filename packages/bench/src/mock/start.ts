/**
 * Measures the time from starting the stand-alone mock server to its first answer, against bare Fastify. The mock reads
 * its fixtures, creates a world and lists its workflows; bare Fastify answers with an empty object.
 */
import { pairs, type Side } from "../table.js"
import { type Program, start } from "./servers.js"

const rounds = 20

const side = (name: string, program: Program, args: ReadonlyArray<string>): Side => ({
  name,
  measure: async () => {
    const began = performance.now()
    const server = await start(program, args)
    const response = await fetch(`${server.url}/v0/workflows`, { headers: { authorization: "mock_default_owner" } })
    await response.arrayBuffer()
    const took = performance.now() - began
    if (response.status !== 200) throw new Error(`${program} answered ${response.status}`)
    await server.stop()
    return [took]
  }
})

export const starting = () =>
  pairs(
    "From the start of a process to its first answer",
    [{ name: "milliseconds", digits: 0 }],
    [side("bare Fastify", "bare", []), side("pixxel-mock", "mock", ["--port", "0"])],
    rounds
  )
