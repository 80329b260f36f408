/** The shape of `projects/`, and the quirks of a world that change how projects are sent. */
import * as Type from "typebox/type"
import { choice, count, field, fixture, json, name, optional, type Shaped, sentText } from "../../core/Shape.js"

const notSent = "Default: not sent."

export const projectShape = fixture(
  "project",
  "A file of `projects/`: a project, which every token with a role in it may see.",
  {
    id: field(name, "Id of the project, as paths and workflows have it.", ["project-monsoon-2024"]),
    name: field(name, "Name of the project in URLs.", ["monsoon-2024"]),
    title: sentText("Name of the project for people.", "Monsoon 2024"),
    description: sentText("Description of the project; only in the form of the guide.", "Crops of the monsoon season."),
    org_id: sentText("Id of the workspace.", "org-1"),
    members_count: field(optional(count), `Number of members; only in lists. ${notSent}`, [7]),
    created_at: sentText("Time of creation, sent as it is.", "2024-05-27T06:50:20Z"),
    updated_at: sentText("Time of the last change, sent as it is.", "2024-06-03T09:12:44Z"),
    metadata: field(optional(Type.Record(Type.String(), json, { title: "an object" })), `Any fields. ${notSent}`, [
      { season: "kharif" }
    ])
  },
  ["title"]
)

export type ProjectFixture = Shaped<typeof projectShape>

export const quirks = {
  projects: choice(
    ["reference", "guide"],
    "Form of projects. `reference`: a list with a `count`, one project in `project`. `guide`: a list with a " +
      "`pagination`, one project as it is, and fewer fields. Both are documented."
  ),
  pageBase: field(
    optional(Type.Union([Type.Literal(0), Type.Literal(1)], { title: "0 or 1" }), 1),
    "Number of the first page of a list with `page_num`, which is not documented.",
    [0]
  )
}
