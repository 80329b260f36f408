/** The OpenAPI description of the admin routes, for clients in other languages. */
import { bodies } from "./bodies.js"
import { type Row, rows } from "./rows.js"

const world = { name: "world", in: "path", required: true, schema: { type: "string", pattern: "^[a-z0-9-]{1,64}$" } }
const save = { name: "save", in: "path", required: true, schema: { type: "string" } }
const json = (schema: object) => ({ "application/json": { schema } })

const describe = (path: string, { body, conflict, required = true, status = 200, summary }: Row) => {
  const parameters = [world, save].filter(({ name }) => path.includes(`{${name}}`))
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required, content: json({ $ref: `#/components/schemas/${body}` }) } }),
    responses: {
      [status]: { description: status === 204 ? "Done." : "Done. The body is the present state." },
      "400": { description: "The body is not right; `error.details.problems` lists all that is wrong." },
      "401": { description: "Not the admin token." },
      "403": { description: "Another host, or a page of another origin." },
      ...(parameters.length > 0 && { "404": { description: "The world, or the name in it, does not exist." } }),
      ...(conflict && { "409": { description: conflict } })
    }
  }
}

const paths: Record<string, Record<string, ReturnType<typeof describe>>> = {}
for (const [route, row] of Object.entries(rows)) {
  const [method = "", path = ""] = route.split(" ")
  paths[path] = { ...paths[path], [method.toLowerCase()]: describe(path, row) }
}

export const openapi = {
  openapi: "3.1.0",
  info: {
    title: "pixxel-mock admin",
    version: "1",
    description: "Worlds, stories, faults, clocks, journals and saves of the mock."
  },
  servers: [{ url: "/__mock/v1" }],
  security: [{ admin: [] }],
  paths,
  components: { schemas: bodies, securitySchemes: { admin: { type: "http", scheme: "bearer" } } }
}
