/**
 * All operations of the client, with the expected outcome of a fault in each of their requests. A missing method is a
 * type error, and so is an undeclared outcome.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import {
  AoiId,
  AoisApi,
  ArchivesApi,
  AssetId,
  AssetsApi,
  BlocksApi,
  CatalogApi,
  CatalogId,
  CollectionId,
  type CreateError,
  CreateIntent,
  CreateOutcomeUnknown,
  type DeliverError,
  DeliveryId,
  Download,
  type EstimateError,
  type Hashing,
  IndexId,
  IndicesApi,
  InsightId,
  type InsightRunAll,
  type InsightRunError,
  InsightsApi,
  InsightTarget,
  type JobId,
  JobsApi,
  JobTarget,
  OrderId,
  OrderItemId,
  OrdersApi,
  OrderTarget,
  Pixxel,
  type PixxelHttpClient,
  type ProjectId,
  ProjectsApi,
  type QuoteError,
  RetryPolicy,
  type RunAll,
  type RunError,
  SatelliteId,
  SearchApi,
  StacItemId,
  StoreId,
  StoresApi,
  type TaskId,
  VisualizationId,
  VisualizationsApi,
  type WorkflowId,
  WorkflowsApi
} from "@effect-pixxel/client"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { aoiIn, archiveIn, aSearch, insightIn } from "../field.js"
import { type CallOutcome, type FaultRow, hasHead, outcomeOf, type StoreOutcome } from "./faultRows.js"
import type { Step, Transport } from "./faultTransports.js"

// --- their names ---

type Methods<Name extends string, S> = `${Name}.${keyof S & string}`

/** The services of `Pixxel`. */
type OfServices<S> = S extends { readonly Id: `@effect-pixxel/client/${infer Name}`; readonly Type: infer Service }
  ? Methods<Name, Service>
  : never

export type Name =
  | OfServices<AoisApi | AssetsApi | JobsApi | WorkflowsApi | Exclude<Pixxel.Services, PixxelHttpClient>>
  | Methods<"Download", typeof Download>
  | "Pixxel.ping"

// --- rows ---

type Services = Pixxel.Services | FileSystem.FileSystem | Hashing | Path.Path

/** A succeeded job with a ready package, if the operation needs one, and a missing file. */
export interface Given {
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
  readonly jobId: JobId
  readonly taskId: TaskId
  readonly path: string
}

type Expecting<Outcome> = (fault: FaultRow, transport: Transport) => Outcome

interface Row<E extends { readonly _tag: string }> {
  /** The variant of the call, if there are several. */
  readonly how?: string
  readonly run: (given: Given) => Effect.Effect<unknown, E, Services>
  /** The longest allowed duration in minutes. */
  readonly minutes: number
  /** Whether the operation needs a job. */
  readonly needsJob?: boolean
  /** The expected outcome of a fault in this request. */
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
  // the keys are complete by the type
  on: Object.entries(on) as ReadonlyArray<[Step, Expecting<string>]>
})

// --- expectations ---

const ofCall: Expecting<CallOutcome> = ({ call }, transport) => outcomeOf(call, transport)

/** The answer to a ping has six bytes and no braces: too few for some faults. */
const harmlessForPing = ["slow drip, longer than an attempt may take", "malformed body", "truncated body"]

const ofPing: Expecting<CallOutcome> = (fault, transport) =>
  harmlessForPing.includes(fault.what) ? "success" : ofCall(fault, transport)

const ofStore: Expecting<StoreOutcome> = ({ store }, transport) => outcomeOf(store, transport)

/** The refusal of a create. */
const asRefusal = (outcome: CallOutcome) =>
  outcome === "PixxelBadRequest" ||
  outcome === "PixxelUnauthorized" ||
  outcome === "PixxelForbidden" ||
  outcome === "PixxelNotFound" ||
  outcome === "PixxelRateLimited" ||
  outcome === "PixxelUnexpectedStatus"
    ? outcome
    : undefined

const certain = (fault: FaultRow, transport: Transport) => {
  const outcome = ofCall(fault, transport)
  return outcome === "success"
    ? outcome
    : fault.create === "never left"
      ? ("PixxelTransportError" as const)
      : fault.create === "refused"
        ? asRefusal(outcome)
        : undefined
}

/** The status alone decides. */
const ofEmpty: Expecting<CallOutcome> = (fault, transport) => (hasHead(fault) ? "success" : ofCall(fault, transport))

/** Any text is a report, except for JSON and a page. */
const ofText: Expecting<CallOutcome> = (fault, transport) => {
  const outcome = ofCall(fault, transport)
  return outcome === "PixxelDecodeError" && !fault.what.startsWith("200") ? "success" : outcome
}

/** Space before a text is nothing; before an image it is another file. */
const ofImage: Expecting<CallOutcome> = (fault, transport) =>
  fault.what.includes("white space") ? "PixxelDecodeError" : ofCall(fault, transport)

/** A thing of a unique name whose answer was lost is found. */
const ofUnique: Expecting<CallOutcome | "CreateUnconfirmed"> = (fault, transport) =>
  certain(fault, transport) ??
  (ofCall(fault, transport) === "PixxelConflict"
    ? "PixxelConflict"
    : fault.create === "made"
      ? "success"
      : "CreateUnconfirmed")

/** A job whose answer was lost is found. */
const ofCreate: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? (fault.create === "made" ? "success" : "CreateOutcomeUnknown")

/** Deliveries whose answer was lost are found. A conflict is none under way. */
const ofDeliver: Expecting<"success" | DeliverError["_tag"]> = (fault, transport) =>
  ofCall(fault, transport) === "PixxelConflict"
    ? "PixxelConflict"
    : (certain(fault, transport) ?? (fault.create === "made" ? "success" : "CreateOutcomeUnknown"))

/** Nothing is sent without a list before it. */
const ofDeliveries: Expecting<"success" | DeliverError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "CreateNotSent"

/** No search. */
const ofCreateAlone: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "CreateOutcomeUnknown"

/** A search without a result. */
const ofSearch: Expecting<Exclude<CallOutcome, "success"> | "CreateOutcomeUnknown"> = (fault, transport) => {
  const outcome = ofCall(fault, transport)
  return outcome === "success" ? "CreateOutcomeUnknown" : outcome
}

/** An estimate shares its path with a create, and may have run. */
const ofPaidEstimate: Expecting<"success" | EstimateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "EstimateUnknown"

/** A quote shares its path with an order. The order of a lost answer would be found. */
const ofQuote: Expecting<"success" | QuoteError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "QuoteOutcomeUnknown"

/** A failed list before the create. */
const ofBaseline: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  certain(fault, transport) ?? "CreateNotSent"

/** Nothing is sent without an estimate. An unusable estimate in JSON has no cost below the limit. */
const ofEstimate: Expecting<"success" | CreateError["_tag"]> = (fault, transport) =>
  fault.isJson === true ? "CostLimitExceeded" : ofBaseline(fault, transport)

/** The job exists, so no error may suggest another run. */
const afterCreate: Expecting<"success" | "RunIncomplete"> = (fault, transport) =>
  ofCall(fault, transport) === "success" ? "success" : "RunIncomplete"

// --- the table ---

const timeout = "10 minutes"

/** The deadline of a call, and of a create: its own, those of two lists, and the time between. */
const aCall = 3
const aCreate = 3 * aCall + 0.5
/** A list before the create, and two sends, each with a search. */
const aUnique = aCall + 2 * (aCall + 0.5 + aCall)
const aWait = 10
/** A download has no deadline while bytes arrive: it has 239 bytes here, and at least nine arrive per minute. */
const aDownload = aWait + aCall + 30

const jobs = <A, E>(use: (jobs: JobsApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(JobsApi, use)
const workflows = <A, E>(use: (workflows: WorkflowsApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(WorkflowsApi, use)

const projects = <A, E>(use: (projects: ProjectsApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(ProjectsApi, use)
const stores = <A, E>(use: (stores: StoresApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(StoresApi, use)

const newStore: StoresApi.CreateInput = {
  name: "nightly",
  type: "S3",
  bucket: "crop-results",
  region: "ap-south-1",
  pathPrefix: "pixxel/",
  labels: { team: "field" },
  secrets: { accessKeyId: Redacted.make("AKIA-5ca1ab1e"), secretAccessKey: Redacted.make("cloud-secret-5ca1ab1e") }
}

const newIndex: IndicesApi.CreateInput = {
  name: "Canopy water",
  description: "Water in leaves.",
  satelliteId: SatelliteId.make("sat-firefly-1"),
  expression: "(B7 - B9) / (B7 + B9)",
  expressionType: "index",
  colormap: "viridis",
  rescale: [-1, 1]
}

const aois = <A, E>(use: (aois: typeof AoisApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(AoisApi, use)

const visualizations = <A, E>(use: (it: typeof VisualizationsApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(VisualizationsApi, use)

const archives = <A, E>(use: (archives: typeof ArchivesApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(ArchivesApi, use)

const catalog = <A, E>(use: (catalog: typeof CatalogApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(CatalogApi, use)

/** An entry of the fixtures, and its automatic delivery. */
const catalogId = CatalogId.make("item-north-archive-task-1-image-1")
const deliveryId = DeliveryId.make("item-north-archive-task-1-image-1-delivery")
const store = StoreId.make("store-results")

const td2 = { collectionId: CollectionId.make("pixxel-td-l2a") }
const stacItemId = StacItemId.make("TD2_000650_20230404_L2A_20240405_01001067")

const blocks = <A, E>(use: (blocks: typeof BlocksApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(BlocksApi, use)

const block = { name: "cropclassification", version: "1.0.0" }

/** An AOI of the fixtures that has ended. */
const aoiId = AoiId.make("aoi-north-field")

const visualizationId = VisualizationId.make("visualization-north-ndvi")

const insights = <A, E>(use: (insights: InsightsApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(InsightsApi, use)

/** An insight of the fixtures that has succeeded. */
const insight = { aoiId, insightId: InsightId.make("insight-north-crops") }

const orders = <A, E>(use: (orders: typeof OrdersApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(OrdersApi, use)

const orderId = OrderId.make("order-north-archive")
/** The patience of the other waits here, instead of that of orders. */
const impatient = { minInterval: "1 second", maxInterval: "30 seconds", tolerance: 1 } as const

const orderItemId = OrderItemId.make("item-north-archive")

const image = {
  aoiId,
  visualizationId,
  indexId: IndexId.make("index-ndvi"),
  date: "2025-06-14",
  mode: "dynamic"
} as const

const assets = { aoiId, assetIds: [AssetId.make("asset-FF01_000321_20250614_L2A_20250616_00501135")] }

const source = AssetsApi.source(assets)

/** The unknown outcome of a create that made nothing. */
const unknownOf = (intent: Pick<CreateIntent, "target"> & Partial<Pick<CreateIntent, "before" | "mark">>) =>
  new CreateOutcomeUnknown({
    operation: "createJob",
    method: "POST",
    route: "/v0/workflows/{workflow_id}/jobs",
    attempts: [{ status: Option.some(504), reason: Option.none(), requestId: Option.none(), delay: Duration.zero }],
    target: intent.target,
    reason: "JobsApi.create was answered 504.",
    message: "A job may have been created.",
    intent: new CreateIntent({
      ...intent,
      id: "made nothing",
      timeout: Duration.minutes(aCall),
      grace: Duration.seconds(30)
    })
  })

const unknownJob = ({ projectId, workflowId }: Given) =>
  unknownOf({
    target: JobTarget.make({ workflowId, projectId }),
    before: Option.some({ ids: [], unreadable: 0, newest: Option.none() })
  })

const unknownInsight = ({ projectId }: Given) =>
  unknownOf({
    target: InsightTarget.make({ aoiId, projectId, block: "cropclassification@1.0.0", name: "" }),
    mark: Option.some("made nothing")
  })

const newOrder = ({ projectId }: Given): OrdersApi.SubmitInput => ({ items: [archiveIn(projectId)] })

const unknownOrder = ({ projectId }: Given) =>
  unknownOf({ target: OrderTarget.make({ projectId, name: "" }), mark: Option.some("made nothing") })

const newInsight = ({ projectId }: Given) => insightIn(projectId, aoiId)

/** The outcome of the single input. */
const runOne = (input: RunAll.Input) =>
  jobs((it) => Stream.runLast(it.runAll(Stream.make(input), { concurrency: 1, timeout }))).pipe(
    Effect.flatMap(
      (last): Effect.Effect<RunAll.Update, RunError> =>
        Option.isSome(last) && last.value._tag === "Failed"
          ? Effect.fail(last.value.error)
          : Option.match(last, { onNone: () => Effect.dieMessage("no event"), onSome: Effect.succeed })
    )
  )

/** The outcome of the single input of a batch of insights. */
const runOneInsight = (input: InsightRunAll.Input) =>
  insights((it) => Stream.runLast(it.runAll(Stream.make(input), { concurrency: 1, timeout }))).pipe(
    Effect.flatMap(
      (last): Effect.Effect<InsightRunAll.Update, InsightRunError> =>
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
      // A search lasts as long as a call, which is short here.
      run: (given) =>
        RetryPolicy.withOptions(
          jobs((it) => it.resolve(unknownJob(given))),
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
      how: "with shared polls",
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
      // A list only saves gets, so its failure fails no wait.
      on: { listJobs: () => "success" }
    })
  ],
  "JobsApi.watch": [
    row({
      run: ({ jobId, workflowId }) => jobs((it) => Stream.runDrain(it.watch({ jobId, workflowId }))),
      // Two calls and the time between, since one failure is tolerated.
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
  "AoisApi.list": [row({ run: () => aois((it) => it.list()), minutes: aCall, on: { ListAOIs: ofCall } })],
  "AoisApi.listAll": [
    row({ run: () => aois((it) => Stream.runDrain(it.listAll())), minutes: aCall, on: { ListAOIs: ofCall } })
  ],
  "AoisApi.create": [
    row({
      run: (given) => aois((it) => it.create(aoiIn(given.projectId))),
      minutes: aUnique,
      on: { AOICreateAOI: ofUnique }
    })
  ],
  "AoisApi.createAndWait": [
    row({
      run: (given) => aois((it) => it.createAndWait({ ...aoiIn(given.projectId), timeout })),
      minutes: aUnique + aWait,
      on: { AOICreateAOI: ofUnique, GetAoiById: afterCreate }
    })
  ],
  "AoisApi.get": [row({ run: () => aois((it) => it.get({ aoiId })), minutes: aCall, on: { GetAoiById: ofCall } })],
  "AoisApi.wait": [
    row({ run: () => aois((it) => it.wait({ aoiId, timeout })), minutes: aWait, on: { GetAoiById: ofCall } })
  ],
  "AoisApi.watch": [
    row({
      run: () => aois((it) => Stream.runDrain(it.watch({ aoiId }))),
      minutes: 2 * aCall + 1,
      on: { GetAoiById: ofCall }
    })
  ],
  "AssetsApi.list": [
    row({
      run: () => Effect.flatMap(AssetsApi, (it) => it.list({ aoiId })),
      minutes: aCall,
      on: { ListAssets: ofCall }
    })
  ],
  "AssetsApi.listAll": [
    row({
      run: () => Effect.flatMap(AssetsApi, (it) => Stream.runDrain(it.listAll({ aoiId }))),
      minutes: aCall,
      on: { ListAssets: ofCall }
    })
  ],
  "AssetsApi.requestDownload": [
    row({
      run: () => Effect.flatMap(AssetsApi, (it) => it.requestDownload(assets)),
      minutes: aCall,
      on: { AOICreateDownload: ofCall }
    })
  ],
  "AssetsApi.getDownload": [
    row({
      run: () =>
        Effect.flatMap(AssetsApi, (it) =>
          Effect.flatMap(it.requestDownload(assets), ({ id }) => it.getDownload({ aoiId, downloadId: id }))
        ),
      minutes: 2 * aCall,
      on: { GetDownloadStatus: ofCall }
    })
  ],
  "BlocksApi.list": [row({ run: () => blocks((it) => it.list()), minutes: aCall, on: { listBlocks: ofCall } })],
  "BlocksApi.versions": [
    row({ run: () => blocks((it) => it.versions(block)), minutes: aCall, on: { getBlockVersions: ofCall } })
  ],
  "BlocksApi.get": [
    row({ run: () => blocks((it) => it.get(block)), minutes: aCall, on: { getBlockByVersion: ofCall } })
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
  "IndicesApi.list": [
    row({ run: () => Effect.flatMap(IndicesApi, (it) => it.list()), minutes: aCall, on: { ListIndices: ofCall } })
  ],
  "IndicesApi.listAll": [
    row({
      run: () => Effect.flatMap(IndicesApi, (it) => Stream.runDrain(it.listAll())),
      minutes: aCall,
      on: { ListIndices: ofCall }
    })
  ],
  "VisualizationsApi.create": [
    row({
      run: () => visualizations((it) => it.create({ aoiId, indexId: IndexId.make("index-red-edge") })),
      minutes: aUnique,
      on: { ListVisualizations: ofCall, CreateVisualization: ofUnique }
    })
  ],
  "VisualizationsApi.wait": [
    row({
      run: () => visualizations((it) => it.wait({ aoiId, visualizationId, timeout })),
      minutes: aWait,
      on: { ListVisualizations: ofCall }
    })
  ],
  "VisualizationsApi.dates": [
    row({
      run: () => visualizations((it) => it.dates({ aoiId, visualizationId })),
      minutes: aCall,
      on: { ListAssets: ofCall }
    })
  ],
  "VisualizationsApi.png": [
    row({ run: () => visualizations((it) => it.png(image)), minutes: aCall, on: { GenerateIndexPng: ofImage } })
  ],
  "VisualizationsApi.sld": [
    row({
      run: () => visualizations((it) => it.sld({ ...image, dates: [image.date], modes: [image.mode] })),
      minutes: aCall,
      on: { GenerateVisualizationSLD: ofCall }
    })
  ],
  "VisualizationsApi.setLegend": [
    row({
      run: () =>
        visualizations((it) =>
          it.setLegend({ ...image, bins: 1, legend: { [image.date]: [{ color: "#1a9850", label: "All" }] } })
        ),
      minutes: aCall,
      on: { UpdateVisualizationMetadata: ofCall }
    })
  ],
  "VisualizationsApi.resetLegend": [
    row({
      run: () => visualizations((it) => it.resetLegend({ ...image, dates: [image.date] })),
      minutes: aCall,
      on: { RollbackVisualizationMetadata: ofCall }
    })
  ],
  "VisualizationsApi.list": [
    row({ run: () => visualizations((it) => it.list({ aoiId })), minutes: aCall, on: { ListVisualizations: ofCall } })
  ],
  "VisualizationsApi.listAll": [
    row({
      run: () => visualizations((it) => Stream.runDrain(it.listAll({ aoiId }))),
      minutes: aCall,
      on: { ListVisualizations: ofCall }
    })
  ],
  "SearchApi.images": [
    row({
      run: () => Effect.flatMap(SearchApi, (it) => it.images(aSearch)),
      minutes: aCall,
      on: { SearchSatelliteImages: ofCall }
    })
  ],
  "SearchApi.imagesAll": [
    row({
      run: () => Effect.flatMap(SearchApi, (it) => Stream.runDrain(it.imagesAll(aSearch))),
      minutes: aCall,
      on: { SearchSatelliteImages: ofCall }
    })
  ],
  "SearchApi.satellites": [
    row({
      run: () => Effect.flatMap(SearchApi, (it) => it.satellites()),
      minutes: aCall,
      on: { ListSatellites: ofCall }
    })
  ],
  "ArchivesApi.collections": [
    row({ run: () => archives((it) => it.collections()), minutes: aCall, on: { ListCollections: ofCall } })
  ],
  "ArchivesApi.collection": [
    row({ run: () => archives((it) => it.collection(td2)), minutes: aCall, on: { GetCollectionById: ofCall } })
  ],
  "ArchivesApi.items": [
    row({ run: () => archives((it) => it.items(td2)), minutes: aCall, on: { ListItemInCollection: ofCall } })
  ],
  "ArchivesApi.allItems": [
    row({
      run: () => archives((it) => Stream.runDrain(it.allItems(td2))),
      minutes: aCall,
      on: { ListItemInCollection: ofCall }
    })
  ],
  "ArchivesApi.item": [
    row({
      run: () => archives((it) => it.item({ ...td2, stacItemId })),
      minutes: aCall,
      on: { GetCollectionItemById: ofCall }
    })
  ],
  "ArchivesApi.search": [
    row({
      run: () => archives((it) => it.search({ collections: [td2.collectionId], ids: [stacItemId] })),
      minutes: aCall,
      on: { SearchItemInArchive: ofCall }
    })
  ],
  "ArchivesApi.searchAll": [
    row({
      run: () =>
        archives((it) => Stream.runDrain(it.searchAll({ bbox: [77, 12, 78, 14], query: { gsd: { eq: 10 } } }))),
      minutes: aCall,
      on: { SearchItemInArchive: ofCall }
    })
  ],
  "CatalogApi.search": [
    row({ run: () => catalog((it) => it.search({})), minutes: aCall, on: { SearchCatalogs: ofCall } })
  ],
  "CatalogApi.searchAll": [
    row({
      run: () => catalog((it) => Stream.runDrain(it.searchAll({ orderItemIds: [orderItemId] }))),
      minutes: aCall,
      on: { SearchCatalogs: ofCall }
    })
  ],
  "CatalogApi.get": [
    row({ run: () => catalog((it) => it.get({ catalogId })), minutes: aCall, on: { GetCatalogById: ofCall } })
  ],
  "CatalogApi.deliveries": [
    row({ run: () => catalog((it) => it.deliveries({ catalogId })), minutes: aCall, on: { ListDeliveries: ofCall } })
  ],
  "CatalogApi.deliver": [
    row({
      run: () => catalog((it) => it.deliver({ deliveries: [{ catalogIds: [catalogId], store, path: "fields" }] })),
      minutes: aUnique,
      on: { ListDeliveries: ofDeliveries, CreateDelivery: ofDeliver }
    })
  ],
  "CatalogApi.waitForDelivery": [
    row({
      run: () => catalog((it) => it.waitForDelivery({ deliveryId, timeout })),
      minutes: aWait,
      on: { ListDeliveries: ofCall }
    })
  ],
  "CatalogApi.requestDownload": [
    row({
      run: () => catalog((it) => it.requestDownload({ catalogIds: [catalogId] })),
      minutes: aCall,
      on: { CreateDownload: ofCall }
    })
  ],
  "CatalogApi.getDownload": [
    row({
      run: () =>
        catalog((it) =>
          Effect.flatMap(it.requestDownload({ catalogIds: [catalogId] }), ({ id }) =>
            it.getDownload({ catalogDownloadId: id })
          )
        ),
      minutes: aCall + aCall,
      on: { CreateDownload: ofCall, GetDownloadById: ofCall }
    })
  ],
  "IndicesApi.create": [
    row({
      run: () => Effect.flatMap(IndicesApi, (it) => it.create(newIndex)),
      minutes: aUnique,
      on: { ListIndices: ofCall, CreateIndex: ofUnique }
    })
  ],
  "InsightsApi.estimate": [
    row({
      run: (given) => insights((it) => it.estimate(newInsight(given))),
      minutes: aCall,
      on: { createInsights: ofPaidEstimate }
    })
  ],
  "InsightsApi.create": [
    row({
      run: (given) => insights((it) => it.create(newInsight(given))),
      minutes: aCreate,
      on: { createInsights: ofCreate }
    }),
    row({
      how: "that adopts nothing",
      run: (given) => insights((it) => it.create({ ...newInsight(given), adopt: "never" })),
      minutes: aCall,
      on: { createInsights: ofCreateAlone }
    }),
    row({
      how: "with a limit of its cost",
      run: (given) => insights((it) => it.create({ ...newInsight(given), maxCost: 1_000 })),
      minutes: aCall + aCreate,
      on: { createInsights: ofPaidEstimate }
    })
  ],
  "InsightsApi.resolve": [
    row({
      // A search lasts as long as a call, which is short here.
      run: (given) =>
        RetryPolicy.withOptions(
          insights((it) => it.resolve(unknownInsight(given))),
          { timeout: "10 seconds" }
        ),
      minutes: 1,
      on: { listInsights: ofSearch }
    })
  ],
  "InsightsApi.run": [
    row({
      run: (given) => insights((it) => it.run({ ...newInsight(given), timeout })),
      minutes: aCreate + aWait,
      on: { createInsights: ofCreate, listInsights: afterCreate, downloadInsights: afterCreate }
    })
  ],
  "InsightsApi.runAll": [
    row({
      run: (given) => {
        const { aoiId, block, inputs, projectId } = newInsight(given)
        const { name, version } = block
        return runOneInsight({ key: "one", aoiId, projectId, inputs, block: { name, version } })
      },
      minutes: aCreate + aWait,
      on: { createInsights: ofCreate, listInsights: afterCreate, downloadInsights: afterCreate }
    })
  ],
  "InsightsApi.download": [
    row({ run: () => insights((it) => it.download(insight)), minutes: aCall, on: { downloadInsights: ofCall } })
  ],
  "InsightsApi.delete": [
    row({
      run: ({ projectId }) => insights((it) => it.delete({ ...insight, projectId })),
      minutes: aCall,
      on: { deleteInsights: ofEmpty }
    })
  ],
  "InsightsApi.list": [
    row({ run: () => insights((it) => it.list({ aoiId })), minutes: aCall, on: { listInsights: ofCall } })
  ],
  "InsightsApi.get": [
    row({ run: () => insights((it) => it.get(insight)), minutes: aCall, on: { listInsights: ofCall } })
  ],
  "InsightsApi.wait": [
    row({ run: () => insights((it) => it.wait({ ...insight, timeout })), minutes: aWait, on: { listInsights: ofCall } })
  ],
  "InsightsApi.watch": [
    row({
      run: () => insights((it) => Stream.runDrain(it.watch(insight))),
      minutes: 2 * aCall + 1,
      on: { listInsights: ofCall }
    })
  ],
  "ProjectsApi.list": [row({ run: () => projects((it) => it.list()), minutes: aCall, on: { ListProjects: ofCall } })],
  "ProjectsApi.listAll": [
    row({ run: () => projects((it) => Stream.runDrain(it.listAll())), minutes: aCall, on: { ListProjects: ofCall } })
  ],
  "ProjectsApi.get": [
    row({ run: (given) => projects((it) => it.get(given)), minutes: aCall, on: { GetProjectById: ofCall } })
  ],
  "OrdersApi.bandsets": [
    row({ run: () => orders((it) => it.bandsets()), minutes: aCall, on: { ListBandsets: ofCall } })
  ],
  "OrdersApi.list": [row({ run: () => orders((it) => it.list()), minutes: aCall, on: { ListOrders: ofCall } })],
  "OrdersApi.listAll": [
    row({ run: () => orders((it) => Stream.runDrain(it.listAll())), minutes: aCall, on: { ListOrders: ofCall } })
  ],
  "OrdersApi.get": [
    row({ run: () => orders((it) => it.get({ orderId })), minutes: aCall, on: { GetOrderById: ofCall } })
  ],
  "OrdersApi.listItems": [
    row({ run: () => orders((it) => it.listItems()), minutes: aCall, on: { ListOrderItems: ofCall } })
  ],
  "OrdersApi.listAllItems": [
    row({
      run: () => orders((it) => Stream.runDrain(it.listAllItems())),
      minutes: aCall,
      on: { ListOrderItems: ofCall }
    })
  ],
  "OrdersApi.getItem": [
    row({ run: () => orders((it) => it.getItem({ orderItemId })), minutes: aCall, on: { GetOrderItemById: ofCall } })
  ],
  "OrdersApi.quote": [
    row({
      run: (given) => orders((it) => it.quote(newOrder(given))),
      minutes: aCall + aCreate,
      on: { SubmitOrder: ofQuote, GetOrderById: () => "success" }
    })
  ],
  "OrdersApi.submit": [
    row({
      run: (given) => orders((it) => it.submit(newOrder(given))),
      minutes: aCreate + aCall,
      on: { SubmitOrder: ofCreate }
    }),
    row({
      how: "that adopts nothing",
      run: (given) => orders((it) => it.submit({ ...newOrder(given), adopt: "never" })),
      minutes: aCall,
      on: { SubmitOrder: ofCreateAlone }
    }),
    row({
      how: "with a limit of its cost",
      run: (given) => orders((it) => it.submit({ ...newOrder(given), maxCost: 1_000 })),
      minutes: 2 * (aCall + aCreate),
      on: { SubmitOrder: ofQuote }
    })
  ],
  "OrdersApi.resolve": [
    row({
      // A search lasts as long as a call, which is short here.
      run: (given) =>
        RetryPolicy.withOptions(
          orders((it) => it.resolve(unknownOrder(given))),
          { timeout: "10 seconds" }
        ),
      minutes: 1,
      on: { ListOrderItems: ofSearch }
    })
  ],
  "OrdersApi.waitForItem": [
    row({
      run: () => orders((it) => it.waitForItem({ orderItemId, timeout, ...impatient })),
      minutes: aWait,
      on: { GetOrderItemById: ofCall }
    })
  ],
  "OrdersApi.watchItem": [
    row({
      run: () => orders((it) => Stream.runDrain(it.watchItem({ orderItemId, ...impatient }))),
      minutes: 2 * aCall + 1,
      on: { GetOrderItemById: ofCall }
    })
  ],
  "OrdersApi.report": [
    row({
      run: () => orders((it) => it.report()),
      minutes: aCall,
      on: { DownloadOrderReport: ofText }
    })
  ],
  "StoresApi.list": [row({ run: () => stores((it) => it.list()), minutes: aCall, on: { ListStores: ofCall } })],
  "StoresApi.create": [
    row({
      run: () => stores((it) => it.create(newStore)),
      minutes: aUnique,
      on: { ListStores: ofCall, CreateStore: ofUnique }
    })
  ],
  "StoresApi.delete": [
    row({
      run: () => stores((it) => it.delete({ storeId: StoreId.make("store-results") })),
      minutes: aCall,
      on: { DeleteStore: ofEmpty }
    })
  ],
  "Pixxel.ping": [row({ run: () => Pixxel.ping, minutes: aCall, on: { ping: ofPing } })],
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
    }),
    row({
      how: "of assets",
      run: ({ path }) => Download.toFile({ source, path }, verify),
      minutes: aDownload,
      on: { AOICreateDownload: ofCall, GetDownloadStatus: ofCall }
    }),
    row({
      how: "of an insight",
      run: ({ path }) => Download.toFile({ source: InsightsApi.source(insight), path }, verify),
      minutes: aDownload,
      on: { downloadInsights: ofCall }
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
