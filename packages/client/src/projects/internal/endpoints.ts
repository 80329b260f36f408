/** The project operations. */
import { ProjectId } from "../../Ids.js"
import { endpoint } from "../../internal/endpoint.js"
import { numbers } from "../../internal/paging.js"
import * as query from "../../internal/query.js"
import { page, wrapped } from "../../internal/success.js"
import { Project, ProjectPage } from "../Project.js"

export const listProjects = endpoint({
  operation: "ListProjects",
  name: "ProjectsApi.list",
  method: "GET",
  path: "/v0/projects",
  query: { page: query.number("page_num"), pageSize: query.number("page_size") },
  success: page(ProjectPage, "projects"),
  paging: numbers(50),
  cost: "none",
  repeat: "safe"
})

export const getProjectById = endpoint({
  operation: "GetProjectById",
  name: "ProjectsApi.get",
  method: "GET",
  path: "/v0/projects/{id}",
  params: { id: ProjectId },
  success: wrapped("project", Project),
  cost: "none",
  repeat: "safe"
})
