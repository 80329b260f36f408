/** The operations of projects. */
import { type Asked, operationsOf } from "../Resource.js"

const projects = "/v0/projects"

export const operations = operationsOf(
  { needs: "view", subject: "project" },
  {
    ListProjects: { method: "GET", route: projects, query: ["page_num", "page_size"], role: "list", items: "projects" },
    GetProjectById: {
      method: "GET",
      route: `${projects}/{id}`,
      query: [],
      role: "read",
      key: "id",
      projectOf: ({ fixtures, params }: Asked): string | undefined => fixtures.projects?.get(String(params["id"]))?.id
    }
  }
)
