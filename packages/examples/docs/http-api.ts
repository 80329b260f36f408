import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { JobSummary, JobsApi, WorkflowId } from "@effect-pixxel/client"
import { Effect, Layer, Schema } from "effect"

/** The API could not be asked; the caller may try again. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", { operation: Schema.String }) {}

export const SurveyApi = HttpApi.make("SurveyApi").add(
  HttpApiGroup.make("surveys").add(
    HttpApiEndpoint.get("list", "/surveys").addSuccess(Schema.Array(JobSummary)).addError(Unavailable, { status: 503 })
  )
)

const Surveys = HttpApiBuilder.group(SurveyApi, "surveys", (handlers) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    return handlers.handle("list", () =>
      jobs
        .list({ workflowId: WorkflowId.make("wf-crop-classification") })
        .pipe(Effect.mapError(({ operation }) => new Unavailable({ operation })))
    )
  })
)

/** Needs a JobsApi. */
export const SurveyApiLive = HttpApiBuilder.api(SurveyApi).pipe(Layer.provide(Surveys))
