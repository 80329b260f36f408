import { ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Context, Effect, Layer, Schema } from "effect"

/** A site and the workflow to run for it. The name is unique, and valid as a file name. */
export const Site = Schema.Struct({
  name: Schema.String.pipe(Schema.pattern(/^[\w-]+$/)),
  workflow: WorkflowId,
  project: ProjectId
})
export type Site = typeof Site.Type

/** The sites of this season. A real program would read them from a database. */
export class Sites extends Context.Tag("Sites")<Sites, { readonly all: Effect.Effect<ReadonlyArray<Site>> }>() {
  static readonly layer = (sites: ReadonlyArray<Site>) => Layer.succeed(Sites, { all: Effect.succeed(sites) })

  /** Reads a JSON file like `[{ "name": "west-field", "workflow": "wf-…", "project": "project-…" }]`. */
  static readonly layerJson = (text: string) =>
    Layer.unwrapEffect(Effect.map(Schema.decode(Schema.parseJson(Schema.Array(Site)))(text), Sites.layer))
}
