/** The project operations. */
import { ProjectId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import { numbers } from "../../internal/paging.js"
import * as query from "../../internal/query.js"
import { page, wrapped } from "../../internal/success.js"
import { Project, ProjectPage } from "../Project.js"

export const listProjects = read({
  operation: "ListProjects",
  name: "ProjectsApi.list",
  path: "/v0/projects",
  query: { page: query.number("page_num"), pageSize: query.number("page_size") },
  success: page(ProjectPage, "projects", numbers(50))
})

export const getProjectById = read({
  operation: "GetProjectById",
  name: "ProjectsApi.get",
  path: "/v0/projects/{id}",
  params: { id: ProjectId },
  success: wrapped("project", Project)
})
