import { ProjectId, WorkflowId } from "@effect-pixxel/client"
import { Context, Effect, Layer, Schema } from "effect"

/** A place on the ground, and what is to be known of it. Its name is that of a file, and no other site has it. */
export const Site = Schema.Struct({
  name: Schema.String.pipe(Schema.pattern(/^[\w-]+$/)),
  workflow: WorkflowId,
  project: ProjectId
})
export type Site = typeof Site.Type

/** The sites of this season. In life they are in a database. */
export class Sites extends Context.Tag("Sites")<Sites, { readonly all: Effect.Effect<ReadonlyArray<Site>> }>() {
  static readonly layer = (sites: ReadonlyArray<Site>) => Layer.succeed(Sites, { all: Effect.succeed(sites) })

  /** From a JSON file like `[{ "name": "west field", "workflow": "wf-…", "project": "project-…" }]`. */
  static readonly layerJson = (text: string) =>
    Layer.unwrapEffect(Effect.map(Schema.decode(Schema.parseJson(Schema.Array(Site)))(text), Sites.layer))
}
