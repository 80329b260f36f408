/**
 * The baseline for the stand-alone mock server: bare Fastify with the same number of routes and listeners. It answers
 * every request with one object, given as JSON on the command line, which Fastify serializes for each request.
 */

import { operations } from "@effect-pixxel/mock-server"
import fastify from "fastify"

const answer: unknown = JSON.parse(process.argv[2] ?? "{}")

const api = fastify({ exposeHeadRoutes: false })
for (const { method, route } of Object.values(operations)) {
  api.route({ method, url: route.replaceAll(/\{(\w+)\}/g, ":$1"), handler: () => answer })
}
api.get("/v0/workflows/", () => answer)

const storage = fastify()
for (const route of ["/jobs/:job/package.zip", "/jobs/:job/tasks/:task/package.zip"]) {
  storage.route({ method: ["GET", "HEAD"], url: route, handler: () => answer })
}

const url = await api.listen({ port: 0, host: "127.0.0.1" })
await storage.listen({ port: 0, host: "127.0.0.1" })
process.stdout.write(`listening on ${url}\n`)
