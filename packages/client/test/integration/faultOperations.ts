/**
 * Every operation of the client, and what it makes of a fault in each of the requests that it consists of. A method that
 * is not in the table is an error of types; so is an outcome that an operation does not declare.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import {
  type CreateError,
  CreateIntent,
  CreateOutcomeUnknown,
  Download,
  type Hashing,
  type JobId,
  JobsApi,
  type Pixxel,
  type PixxelHttpClient,
  type ProjectId,
  RetryPolicy,
  type RunAll,
  type RunError,
  type TaskId,
  type WorkflowId,
  WorkflowsApi
} from "@effect-pixxel/client"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type CallOutcome, type FaultRow, outcomeOf, type StoreOutcome } from "./faultRows.js"
import type { Step, Transport } from "./faultTransports.js"

// --- their names ---

type Methods<Name extends string, S> = `${Name}.${keyof S & string}`

/** Of the services that `Pixxel` gives. */
type OfServices<S> = S extends { readonly Id: `@effect-pixxel/client/${infer Name}`; readonly Type: infer Service }
  ? Methods<Name, Service>
  : never

export type Name =
  | OfServices<JobsApi | WorkflowsApi | Exclude<Pixxel.Services, PixxelHttpClient>>
  | Methods<"Download", typeof Download>

// --- rows ---

type Services = Pixxel.Services | FileSystem.FileSystem | Hashing | Path.Path

/** A job that has succeeded and whose package is ready, for those that need one, and a file that does not exist. */
export interface Given {
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
  readonly jobId: JobId
  readonly taskId: TaskId
  readonly path: string
}

type Expecting<Outcome> = (fault: FaultRow, transport: Transport) => Outcome

interface Row<E extends { readonly _tag: string }> {
  /** How it is called, where there are several ways. */
  readonly how?: string
  readonly run: (given: Given) => Effect.Effect<unknown, E, Services>
  /** The longest time that it may take, in minutes. */
  readonly minutes: number
  /** Whether there is to be a job. */
  readonly needsJob?: boolean
  /** What it ends with when this request goes wrong. */
  readonly on: { readonly [S in Step]?: Expecting<"success" | E["_tag"]> }
}

export interface Operation {
  readonly how: string
  readonly run: (given: Given) => Effect.Effect<unknown, { readonly _tag: string }, Services>
  readonly minutes: number
  readonly needsJob: boolean
  readonly on: ReadonlyArray<readonly [Step, Expecting<string>]>
}

const row = <E extends { readonly _tag: string }>({
  how = "",
  minutes,
  needsJob = false,
  on,
  run
}: Row<E>): Operation => ({
  how,
  run,
  minutes,
  needsJob,
  // the keys are those of the type
  on: Object.entries(on) as ReadonlyArray<[Step, Expecting<string>]>
})

// --- what is expected ---

const ofCall: Expecting<CallOutcome> = ({ call }, transport) => outcomeOf(call, transport)

const ofStore: Expecting<StoreOutcome> = ({ store }, transport) => outcomeOf(store, transport)

/** As what a create tells that it was refused. */
const asRefusal = (outcome: CallOutcome) =>
  outcome === "BadRequest" ||
  outcome === "Unauthorized" ||
  outcome === "Forbidden" ||
  outcome === "NotFound" ||
  outcome === "RateLimited" ||
  outcome === "UnexpectedStatus"
    ? outcome
    : undefined

const certain = (fault: FaultRow, transport: Transport) => {
  const outcome = ofCall(fault, transport)
  return outcome === "success"
    ? outcome
    : fault.create === "never left"
      ? ("TransportError" as const)
      : fault.create === "refused"
        ? asRefusal(outcome)
        : undefined
}

/** A job whose answer was lost is found. */
const ofCreate: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? (fault.create === "made" ? "success" : "CreateOutcomeUnknown")

/** Nobody looks for it. */
const ofCreateAlone: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "CreateOutcomeUnknown"

/** Nothing is there to be found. */
const ofSearch: Expecting<Exclude<CallOutcome, "success"> | "CreateOutcomeUnknown"> = (fault, transport) => {
  const outcome = ofCall(fault, transport)
  return outcome === "success" ? "CreateOutcomeUnknown" : outcome
}

/** What was there before the create could not be listed. */
const ofBaseline: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "CreateNotSent"

/** Nothing was sent without an estimate; one in JSON that cannot be used has no cost below the limit. */
const ofEstimate: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  fault.isJson === true ? "CostLimitExceeded" : ofBaseline(fault, transport)

/** The job exists: nothing may look as if another run were the way out. */
const afterCreate: Expecting<"success" | "RunIncomplete"> = (fault, transport) =>
  ofCall(fault, transport) === "success" ? "success" : "RunIncomplete"

// --- the table ---

const timeout = "10 minutes"

/** The deadline of one call, and that of a create: its own, those of two lists, and the time between. */
const aCall = 3
const aCreate = 3 * aCall + 0.5
const aWait = 10
/** As long as bytes come, a download has no deadline: those here are 239, and at worst nine come in a minute. */
const aDownload = aWait + aCall + 30

const jobs = <A, E>(use: (jobs: JobsApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(JobsApi, use)
const workflows = <A, E>(use: (workflows: WorkflowsApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(WorkflowsApi, use)

/** The unknown outcome of a create that made nothing. */
const unknownOf = ({ projectId, workflowId }: Given) =>
  new CreateOutcomeUnknown({
    operation: "createJob",
    method: "POST",
    route: "/v0/workflows/{workflow_id}/jobs",
    attempts: [{ status: Option.some(504), reason: Option.none(), requestId: Option.none(), delay: Duration.zero }],
    workflowId,
    projectId,
    reason: "JobsApi.create was answered 504.",
    message: "A job may have been created.",
    intent: new CreateIntent({
      id: "made nothing",
      workflowId,
      projectId,
      timeout: Duration.minutes(aCall),
      grace: Duration.seconds(30),
      before: Option.some({ jobIds: [], unreadable: 0, newest: Option.none() })
    })
  })

/** What became of the one input. */
const runOne = (input: RunAll.Input) =>
  jobs((it) => Stream.runLast(it.runAll(Stream.make(input), { concurrency: 1, timeout }))).pipe(
    Effect.flatMap(
      (last): Effect.Effect<RunAll.Update, RunError> =>
        Option.isSome(last) && last.value._tag === "Failed"
          ? Effect.fail(last.value.error)
          : Option.match(last, { onNone: () => Effect.dieMessage("no event"), onSome: Effect.succeed })
    )
  )

const run = { createJob: ofCreate, listJobs: ofBaseline, getJobById: afterCreate, downloadJob: afterCreate }

const download = { downloadJob: ofCall, getPackage: ofStore }
const verify = { verify: true, timeout } as const

export const operations: Readonly<Record<Name, ReadonlyArray<Operation>>> = {
  "JobsApi.list": [row({ run: (given) => jobs((it) => it.list(given)), minutes: aCall, on: { listJobs: ofCall } })],
  "JobsApi.get": [
    row({ run: (given) => jobs((it) => it.get(given)), minutes: aCall, needsJob: true, on: { getJobById: ofCall } })
  ],
  "JobsApi.download": [
    row({
      run: (given) => jobs((it) => it.download(given)),
      minutes: aCall,
      needsJob: true,
      on: { downloadJob: ofCall }
    })
  ],
  "JobsApi.downloadTask": [
    row({
      run: (given) => jobs((it) => it.downloadTask(given)),
      minutes: aCall,
      needsJob: true,
      on: { downloadTask: ofCall }
    })
  ],
  "JobsApi.create": [
    row({
      run: ({ projectId, workflowId }) => jobs((it) => it.create({ projectId, workflowId })),
      minutes: aCreate,
      on: { createJob: ofCreate, listJobs: ofBaseline }
    }),
    row({
      how: "that adopts nothing",
      run: ({ projectId, workflowId }) => jobs((it) => it.create({ projectId, workflowId, adopt: "never" })),
      minutes: aCall,
      on: { createJob: ofCreateAlone }
    }),
    row({
      how: "with a limit of its cost",
      run: ({ projectId, workflowId }) => jobs((it) => it.create({ projectId, workflowId, maxCost: 1_000_000 })),
      minutes: aCall + aCreate,
      on: { getWorkflowCostEstimate: ofEstimate }
    })
  ],
  "JobsApi.resolve": [
    row({
      // A search goes on as long as a call may: here that is short.
      run: (given) =>
        RetryPolicy.withOptions(
          jobs((it) => it.resolve(unknownOf(given))),
          { timeout: "10 seconds" }
        ),
      minutes: 1,
      on: { listJobs: ofSearch }
    })
  ],
  "JobsApi.wait": [
    row({
      run: ({ jobId, workflowId }) => jobs((it) => it.wait({ jobId, workflowId, timeout })),
      minutes: aWait,
      needsJob: true,
      on: { getJobById: ofCall }
    }),
    row({
      how: "beside another that shares its looks",
      run: ({ jobId, projectId, workflowId }) =>
        jobs((it) =>
          Effect.flatMap(it.create({ projectId, workflowId, adopt: "never" }), (other) =>
            Effect.all(
              [jobId, other.id].map((jobId) => it.wait({ jobId, workflowId, timeout })),
              { concurrency: "unbounded" }
            )
          )
        ),
      minutes: aCall + aWait,
      needsJob: true,
      // A list is a way to save gets, and its failure that of nobody.
      on: { listJobs: () => "success" }
    })
  ],
  "JobsApi.watch": [
    row({
      run: ({ jobId, workflowId }) => jobs((it) => Stream.runDrain(it.watch({ jobId, workflowId }))),
      // Two calls, since one failure is tolerated, and the time between.
      minutes: 2 * aCall + 1,
      needsJob: true,
      on: { getJobById: ofCall }
    })
  ],
  "JobsApi.run": [
    row({
      run: ({ projectId, workflowId }) => jobs((it) => it.run({ projectId, workflowId, timeout })),
      minutes: aCreate + aWait,
      on: run
    })
  ],
  "JobsApi.runAll": [
    row({
      run: ({ projectId, workflowId }) => runOne({ key: "one", projectId, workflowId }),
      minutes: aCreate + aWait,
      on: run
    })
  ],
  "WorkflowsApi.list": [
    row({
      run: ({ projectId }) => workflows((it) => it.list({ projectId })),
      minutes: aCall,
      on: { listWorkflows: ofCall }
    })
  ],
  "WorkflowsApi.listAll": [
    row({
      run: ({ projectId }) => workflows((it) => Stream.runDrain(it.listAll({ projectId }))),
      minutes: aCall,
      on: { listWorkflows: ofCall }
    })
  ],
  "WorkflowsApi.get": [
    row({ run: (given) => workflows((it) => it.get(given)), minutes: aCall, on: { getWorkflowsById: ofCall } })
  ],
  "WorkflowsApi.estimate": [
    row({
      run: (given) => workflows((it) => it.estimate(given)),
      minutes: aCall,
      on: { getWorkflowCostEstimate: ofCall }
    })
  ],
  "Download.signedUrl": [
    row({
      run: ({ jobId, workflowId }) => Download.signedUrl({ jobId, workflowId }, { timeout }),
      minutes: aWait,
      needsJob: true,
      on: { downloadJob: ofCall }
    })
  ],
  "Download.toFile": [
    row({
      run: ({ jobId, path, workflowId }) => Download.toFile({ jobId, path, workflowId }, verify),
      minutes: aDownload,
      needsJob: true,
      on: download
    }),
    row({
      how: "of a task",
      run: (given) => Download.toFile(given, verify),
      minutes: aDownload,
      needsJob: true,
      on: { downloadTask: ofCall }
    })
  ],
  "Download.stream": [
    row({
      run: ({ jobId, path, workflowId }) => Stream.runCollect(Download.stream({ jobId, path, workflowId }, verify)),
      minutes: aDownload,
      needsJob: true,
      on: download
    })
  ],
  "Download.all": [
    row({
      run: ({ jobId, path, workflowId }) =>
        Effect.flatMap(Download.all([{ jobId, path, workflowId }], verify), (outcomes) =>
          Chunk.isNonEmpty(Chunk.fromIterable(outcomes)) ? Effect.all(outcomes) : Effect.dieMessage("no outcome")
        ),
      minutes: aDownload,
      needsJob: true,
      on: download
    })
  ]
}
