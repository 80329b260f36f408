/** The OpenAPI description of the admin routes, for clients in other languages. */
import { mostSaves } from "../../core/Saves.js"
import { bodies } from "./bodies.js"

const world = { name: "world", in: "path", required: true, schema: { type: "string", pattern: "^[a-z0-9-]{1,64}$" } }
const save = { name: "save", in: "path", required: true, schema: { type: "string" } }
const json = (schema: object) => ({ "application/json": { schema } })

interface Call {
  readonly summary: string
  readonly status?: number
  readonly body?: keyof typeof bodies
  readonly required?: boolean
  readonly inWorld?: boolean
  readonly ofSave?: boolean
  /** When the call makes no sense now. */
  readonly conflict?: string
}

const call = ({ body, conflict, inWorld = true, ofSave, required = true, status = 200, summary }: Call) => ({
  summary,
  ...(inWorld && { parameters: ofSave ? [world, save] : [world] }),
  ...(body && { requestBody: { required, content: json({ $ref: `#/components/schemas/${body}` }) } }),
  responses: {
    [status]: { description: status === 204 ? "Done." : "Done. The body is the present state." },
    "400": { description: "The body is not right; `error.details.problems` lists all that is wrong." },
    "401": { description: "Not the admin token." },
    "403": { description: "Another host, or a page of another origin." },
    ...(inWorld && { "404": { description: "The world, or the name in it, does not exist." } }),
    ...(conflict && { "409": { description: conflict } })
  }
})

export const openapi = {
  openapi: "3.1.0",
  info: {
    title: "pixxel-mock admin",
    version: "1",
    description: "Worlds, stories, faults, clocks, journals and saves of the mock."
  },
  servers: [{ url: "/__mock/v1" }],
  security: [{ admin: [] }],
  paths: {
    "/worlds": {
      get: call({ summary: "Lists all worlds, the most recently used last.", inWorld: false }),
      post: call({
        summary: "Creates a world.",
        body: "createWorld",
        required: false,
        status: 201,
        inWorld: false,
        conflict: "The server has its maximum number of worlds."
      })
    },
    "/worlds/{world}": {
      get: call({ summary: "Shows a world." }),
      delete: call({ summary: "Forgets a world.", status: 204 })
    },
    "/worlds/{world}/reset": {
      post: call({ summary: "Resets a world to its beginning.", conflict: "Requests are under way." })
    },
    "/worlds/{world}/stories": {
      post: call({ summary: "Queues a story for the next job of a workflow.", body: "queueStory", status: 204 })
    },
    "/worlds/{world}/signals": {
      post: call({ summary: "Sends a signal to a job that waits for it.", body: "signal", status: 204 })
    },
    "/worlds/{world}/faults": {
      get: call({ summary: "Shows the fault plan, how often each rule took effect, and the rules that never did." }),
      put: call({
        summary: "Replaces the fault plan, by a plan or by its name.",
        body: "setFaults"
      }),
      delete: call({ summary: "Removes the fault plan.", status: 204 })
    },
    "/worlds/{world}/export": { get: call({ summary: "Exports the world as JSON, for `restore` or a new world." }) },
    "/worlds/{world}/saves": {
      get: call({ summary: "Lists the saves of the world." }),
      post: call({
        summary: "Saves the world under a name; an older save of that name is replaced.",
        body: "save",
        status: 201,
        conflict: `The world has ${mostSaves} saves, and may have no more.`
      })
    },
    "/worlds/{world}/saves/{save}": { delete: call({ summary: "Forgets a save.", status: 204, ofSave: true }) },
    "/worlds/{world}/restore": {
      post: call({
        summary: "Restores a saved or exported state: jobs, queued stories, faults, journal and time.",
        body: "restore",
        conflict: "Requests are under way, or a fiber waits on the world's clock."
      })
    },
    "/worlds/{world}/clock": {
      get: call({ summary: "Shows the world's time." }),
      post: call({ summary: "Advances the clock; answers when everything that woke has run.", body: "advance" })
    },
    "/worlds/{world}/journal": { get: call({ summary: "Shows the journal: all requests of the world." }) },
    "/worlds/{world}/verify": {
      post: call({ summary: "Compares the journal with an expectation.", body: "verify" })
    },
    "/worlds/{world}/conduct": {
      post: call({ summary: "Lists the violations of the rules of conduct.", body: "conduct", required: false })
    },
    "/worlds/{world}/capsule": {
      get: call({
        summary: "Exports a replay capsule, the file of `pixxel-mock replay`; 409 when the journal is not complete."
      })
    }
  },
  components: { schemas: bodies, securitySchemes: { admin: { type: "http", scheme: "bearer" } } }
}
