/** Projects. They are those of the fixtures, and the same in every world: no operation changes them. */
import { type Asked, operationsOf, type Resource } from "../Resource.js"
import { projectShape, quirks } from "./fixture.js"
import { handlers } from "./routes.js"

export const operations = operationsOf(
  { needs: "view", subject: "project" },
  {
    ListProjects: { at: "GET /v0/projects", query: ["page_num", "page_size"], role: "list", items: "projects" },
    GetProjectById: {
      at: "GET /v0/projects/{id}",
      query: [],
      role: "read",
      projectOf: ({ fixtures, params }: Asked): string | undefined => fixtures.projects?.get(String(params["id"]))?.id
    }
  }
)

export const projects = {
  operations,
  handlers,
  fixtures: { projects: { shape: projectShape } },
  quirks
} as const satisfies Resource
