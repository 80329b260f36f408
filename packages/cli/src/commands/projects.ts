/** `pixxel projects`: find and show projects. */
import * as Command from "@effect/cli/Command"
import { Project, ProjectId, ProjectsApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as results from "../render/results.js"
import { calling, listing, shown } from "./calling.js"
import { positional } from "./command.js"
import { id } from "./options.js"

const list = calling("projects list", "List all projects that the token may see.", {}, () =>
  listing(
    "projects",
    Project,
    results.projectColumns,
    Effect.map(ProjectsApi, (api) => api.listAll())
  )
)

const get = calling(
  "projects get --project project-monsoon-2024 --json",
  "Show a project.",
  { projectId: positional("project", id("project", ProjectId.make, "The project.")) },
  (options) =>
    Effect.map(
      Effect.flatMap(ProjectsApi, (api) => api.get(options)),
      shown(Project, results.project)
    )
)

export const projects = Command.make("projects", {}).pipe(
  Command.withDescription("Find projects."),
  Command.withSubcommands([list, get])
)
