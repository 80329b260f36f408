// A minimal server as a separate process, so that the benchmark measures the client.
import { createServer } from "node:http"

process.on("message", (body) => {
  const bytes = Buffer.from(body)
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json")
    response.end(bytes)
  })
  server.listen(0, "127.0.0.1", () => process.send(server.address().port))
})
process.on("disconnect", () => process.exit())
