/**
 * The description of the admin routes, for those who call them from another language.
 */
import { bodies } from "./bodies.js"

const world = { name: "world", in: "path", required: true, schema: { type: "string", pattern: "^[a-z0-9-]{1,64}$" } }
const json = (schema: object) => ({ "application/json": { schema } })

interface Call {
  readonly summary: string
  readonly status?: number
  readonly body?: keyof typeof bodies
  readonly required?: boolean
  readonly inWorld?: boolean
}

const call = ({ body, inWorld = true, required = true, status = 200, summary }: Call) => ({
  summary,
  ...(inWorld && { parameters: [world] }),
  ...(body && { requestBody: { required, content: json({ $ref: `#/components/schemas/${body}` }) } }),
  responses: {
    [status]: { description: status === 204 ? "Done." : "Done; what there is now is the body." },
    "400": { description: "The body is not right; `error.details.problems` lists all that is wrong." },
    "401": { description: "Not the admin token." },
    "403": { description: "Another host, or a page of another origin." },
    ...(inWorld && { "404": { description: "There is no such world." } })
  }
})

export const openapi = {
  openapi: "3.1.0",
  info: { title: "pixxel-mock admin", version: "1", description: "Worlds, stories, clocks and journals of the mock." },
  servers: [{ url: "/__mock/v1" }],
  security: [{ admin: [] }],
  paths: {
    "/worlds": {
      get: call({ summary: "All worlds, the one that was used last at the end.", inWorld: false }),
      post: call({ summary: "A new world.", body: "createWorld", required: false, status: 201, inWorld: false })
    },
    "/worlds/{world}": {
      get: call({ summary: "One world." }),
      delete: call({ summary: "Forgets a world.", status: 204 })
    },
    "/worlds/{world}/reset": { post: call({ summary: "Puts a world back to its beginning." }) },
    "/worlds/{world}/stories": {
      post: call({ summary: "Says what the next job of a workflow does.", body: "queueStory", status: 204 })
    },
    "/worlds/{world}/signals": {
      post: call({ summary: "Tells a job that waits for a signal to go on.", body: "signal", status: 204 })
    },
    "/worlds/{world}/clock": {
      get: call({ summary: "The world's present." }),
      post: call({ summary: "Lets time go on; answers when all that woke has had its turn.", body: "advance" })
    },
    "/worlds/{world}/journal": { get: call({ summary: "What the world was asked." }) },
    "/worlds/{world}/verify": {
      post: call({ summary: "Whether the world was asked what was expected.", body: "verify" })
    }
  },
  components: { schemas: bodies, securitySchemes: { admin: { type: "http", scheme: "bearer" } } }
}
