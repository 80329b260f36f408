/**
 * The description of the admin routes, for those who call them from another language.
 */
import { mostSaves } from "../saves.js"
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
    [status]: { description: status === 204 ? "Done." : "Done; what there is now is the body." },
    "400": { description: "The body is not right; `error.details.problems` lists all that is wrong." },
    "401": { description: "Not the admin token." },
    "403": { description: "Another host, or a page of another origin." },
    ...(inWorld && { "404": { description: "There is no such world, or nothing of that name in it." } }),
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
      get: call({ summary: "All worlds, the one that was used last at the end.", inWorld: false }),
      post: call({
        summary: "A new world.",
        body: "createWorld",
        required: false,
        status: 201,
        inWorld: false,
        conflict: "The server has as many worlds as it may have."
      })
    },
    "/worlds/{world}": {
      get: call({ summary: "One world." }),
      delete: call({ summary: "Forgets a world.", status: 204 })
    },
    "/worlds/{world}/reset": {
      post: call({ summary: "Puts a world back to its beginning.", conflict: "Requests are under way." })
    },
    "/worlds/{world}/stories": {
      post: call({ summary: "Says what the next job of a workflow does.", body: "queueStory", status: 204 })
    },
    "/worlds/{world}/signals": {
      post: call({ summary: "Tells a job that waits for a signal to go on.", body: "signal", status: 204 })
    },
    "/worlds/{world}/faults": {
      get: call({ summary: "What goes wrong, how often each rule took effect, and which ones never did." }),
      put: call({
        summary: "Puts a fault plan, or the one of this name, in the place of the one before.",
        body: "setFaults"
      }),
      delete: call({ summary: "Nothing goes wrong any more.", status: 204 })
    },
    "/worlds/{world}/export": { get: call({ summary: "The world as JSON, for `restore` or a new world." }) },
    "/worlds/{world}/saves": {
      get: call({ summary: "What was saved of the world." }),
      post: call({
        summary: "Saves the world under a name, in the place of what was saved under it before.",
        body: "save",
        status: 201,
        conflict: `The world has ${mostSaves} saves, and may have no more.`
      })
    },
    "/worlds/{world}/saves/{save}": { delete: call({ summary: "Forgets a save.", status: 204, ofSave: true }) },
    "/worlds/{world}/restore": {
      post: call({
        summary: "Puts a world back to what was saved or exported: jobs, queued stories, faults, journal and time.",
        body: "restore",
        conflict: "Requests are under way, or somebody waits on the world's clock."
      })
    },
    "/worlds/{world}/clock": {
      get: call({ summary: "The world's present." }),
      post: call({ summary: "Lets time go on; answers when all that woke has had its turn.", body: "advance" })
    },
    "/worlds/{world}/journal": { get: call({ summary: "What the world was asked." }) },
    "/worlds/{world}/verify": {
      post: call({ summary: "Whether the world was asked what was expected.", body: "verify" })
    },
    "/worlds/{world}/conduct": {
      post: call({ summary: "What its clients did against the rules of conduct.", body: "conduct", required: false })
    },
    "/worlds/{world}/capsule": {
      get: call({
        summary: "All that a replay needs: a file for `pixxel-mock replay`; 409 when the journal is not whole."
      })
    }
  },
  components: { schemas: bodies, securitySchemes: { admin: { type: "http", scheme: "bearer" } } }
}
