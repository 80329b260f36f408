/** The operations of projects. */
import { type Asked, operationsOf } from "../Resource.js"

export const operations = operationsOf(
  { needs: "view", subject: "project" },
  {
    ListProjects: { at: "GET /v0/projects", query: ["page_num", "page_size"], role: "list", items: "projects" },
    GetProjectById: {
      at: "GET /v0/projects/{id}",
      query: [],
      role: "read",
      key: "id",
      projectOf: ({ fixtures, params }: Asked): string | undefined => fixtures.projects?.get(String(params["id"]))?.id
    }
  }
)
