/** The operations of projects. */
import type { Asked, Operation } from "../Resource.js"

export const operations = {
  ListProjects: {
    id: "ListProjects",
    method: "GET",
    route: "/v0/projects",
    query: ["page_num", "page_size"],
    needs: "view",
    role: "list",
    subject: "project",
    items: "projects"
  },
  GetProjectById: {
    id: "GetProjectById",
    method: "GET",
    route: "/v0/projects/{id}",
    query: [],
    needs: "view",
    role: "read",
    subject: "project",
    key: "id",
    projectOf: ({ fixtures, params }: Asked): string | undefined => fixtures.projects?.get(String(params["id"]))?.id
  }
} as const satisfies Record<string, Operation>
