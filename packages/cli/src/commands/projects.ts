/** `pixxel projects`: find and show projects. */
import { ProjectId } from "@effect-pixxel/client/Ids"
import { ProjectsApi } from "@effect-pixxel/client/projects/ProjectsApi"
import * as Effect from "effect/Effect"
import * as results from "../render/results.js"
import { group, listing, shown, using } from "./calling.js"
import { positional } from "./command.js"
import { id } from "./options.js"

const calling = using(ProjectsApi, ProjectsApi.layer)

const list = calling("projects list", "List all projects that the token may see.", {}, (_, api) =>
  listing("projects", results.projectColumns)(api.listAll())
)

const get = calling(
  "projects get --project project-monsoon-2024 --json",
  "Show a project.",
  { projectId: positional(id("project", ProjectId.make, "The project.")) },
  (options, api) => Effect.map(api.get(options), shown(results.project))
)

export const projects = group("projects", "Find projects.", [list, get])
