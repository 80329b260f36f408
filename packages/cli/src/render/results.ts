/** Results as text for users: tables for lists, fields for single items. */
import type {
  Aoi,
  Collection,
  CostEstimate,
  DataType,
  DownloadPackage,
  Index,
  Insight,
  Job,
  JobSummary,
  Project,
  StacItem,
  Store,
  Task,
  ValError,
  VisualizationSummary,
  Workflow,
  WorkflowSummary
} from "@effect-pixxel/client"
import type { Outcome } from "@effect-pixxel/client/Status"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { plain } from "./plain.js"
import { hasBegun } from "./progress.js"
import { paint, type Style } from "./style.js"
import { type Cell, type Column, type Fields, fields, sections, table } from "./table.js"
import { colourOf, percent, time, tokens } from "./words.js"

/** One thing as fields. */
export const details =
  <A>(of: (it: A) => Fields) =>
  (it: A, style: Style): string =>
    fields(of(it), style)

export const status = (
  it: { readonly status: Option.Option<string>; readonly outcome: Outcome },
  begun = true
): Cell => ({
  value: it.status,
  colour: colourOf(it.outcome, begun)
})

export const jobColumns: ReadonlyArray<Column<JobSummary>> = [
  { head: "ID", of: (job) => job.id },
  { head: "STATUS", of: (job) => status(job) },
  { head: "PROGRESS", of: (job) => percent(job.progress) },
  { head: "COST", minor: true, of: (job) => tokens(job.cost) },
  { head: "CREATED", minor: true, of: (job) => time(job.createdAt) },
  { head: "BY", cuts: true, minor: true, of: (job) => job.createdBy }
]

const taskColumns: ReadonlyArray<Column<Task>> = [
  { head: "TASK", cuts: true, of: (task) => Option.getOrElse(task.name, () => task.id) },
  { head: "STATUS", of: (task) => status(task, hasBegun(task)) },
  { head: "PROGRESS", of: (task) => percent(task.progress) },
  { head: "TOOK", of: (task) => task.timeTakenText },
  {
    head: "MESSAGE",
    cuts: true,
    of: (task) => Option.firstSomeOf([task.errMsg, task.failureType, task.stateMsg])
  }
]

const faultColumns: ReadonlyArray<Column<ValError>> = [
  { head: "FROM", cuts: true, of: (error) => error.from },
  { head: "TO", cuts: true, of: (error) => error.to },
  { head: "COMPONENT", cuts: true, of: (error) => error.componentName },
  { head: "FAULT", cuts: true, of: (error) => Option.orElse(error.err, () => error.reason) }
]

/** A table, unless it is empty. */
export const part = <A>(columns: ReadonlyArray<Column<A>>, items: ReadonlyArray<A>, style: Style) =>
  items.length === 0 ? "" : table(columns, items, style)

const jobFields = details((it: Job) => [
  ["job", it.id],
  ["workflow", it.workflowId],
  ["status", status(it)],
  ["outcome", it.outcome],
  ["progress", percent(it.progress)],
  ["cost", tokens(it.cost)],
  ["estimated", Option.map(it.estimatedDuration, Duration.format)],
  ["took", it.timeTakenText],
  ["created by", it.createdBy],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)],
  ["finished", time(it.finishedAt)]
])

export const job = (it: Job, style: Style): string =>
  sections(jobFields(it, style), part(taskColumns, it.tasks, style), part(faultColumns, it.valErrors, style))

/** One line per change of a followed job, for output that is not redrawn. */
export const change = (it: Job, style: Style): string => {
  const done = it.tasks.filter((task) => task.outcome === "succeeded").length
  const word = plain(Option.getOrElse(it.status, () => "status unknown"))
  return [
    `job ${plain(it.id)}`,
    paint(style, colourOf(it.outcome), word),
    ...Option.toArray(percent(it.progress)),
    ...(it.tasks.length === 0 ? [] : [`${done}/${it.tasks.length} tasks done`])
  ].join("  ")
}

/** A package without its URL, which would give every reader of the screen or the log access. */
export const download = details((it: Pick<DownloadPackage, "id" | "isReady" | "status">) => [
  ["download", it.isReady ? "the package is ready" : "the package is not ready"],
  ["status", it.status],
  ["id", it.id]
])

export const workflowColumns: ReadonlyArray<Column<WorkflowSummary>> = [
  { head: "ID", of: (workflow) => workflow.id },
  { head: "NAME", cuts: true, of: (workflow) => workflow.name },
  { head: "PROJECT", of: (workflow) => workflow.projectId },
  { head: "UPDATED", minor: true, of: (workflow) => time(workflow.updatedAt) }
]

const workflowFields = details((it: Workflow) => [
  ["workflow", it.id],
  ["name", it.name],
  ["description", it.description],
  ["project", it.projectId],
  ["cost", Option.map(tokens(it.estimatedCost), (cost) => `about ${cost} per run`)],
  ["created by", it.createdBy],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

export const workflow = (it: Workflow, style: Style): string =>
  sections(workflowFields(it, style), part(faultColumns, it.valErrors, style))

export const estimate = ({ estimatedCost }: CostEstimate): string =>
  Option.match(tokens(estimatedCost), {
    onNone: () => "The server sent no readable estimate.",
    onSome: (amount) => `About ${amount} per run.`
  })

export const projectColumns: ReadonlyArray<Column<Project>> = [
  { head: "ID", of: (project) => project.id },
  { head: "NAME", cuts: true, of: (project) => project.name },
  { head: "TITLE", cuts: true, of: (project) => project.title },
  { head: "CREATED", minor: true, of: (project) => time(project.createdAt) }
]

export const project = details((it: Project) => [
  ["project", it.id],
  ["name", it.name],
  ["title", it.title],
  ["description", it.description],
  ["workspace", it.orgId],
  ["members", Option.map(it.membersCount, String)],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

const configOf = ({ configs }: Store, name: "bucket" | "region" | "pathPrefix") =>
  Option.flatMap(configs, (it) => it[name])

export const storeColumns: ReadonlyArray<Column<Store>> = [
  { head: "ID", of: (store) => store.id },
  { head: "NAME", cuts: true, of: (store) => store.name },
  { head: "TYPE", of: (store) => store.type },
  { head: "BUCKET", cuts: true, of: (store) => configOf(store, "bucket") },
  { head: "REGION", minor: true, of: (store) => configOf(store, "region") }
]

export const store = details((it: Store) => [
  ["store", it.id],
  ["name", it.name],
  ["type", it.type],
  ["bucket", configOf(it, "bucket")],
  ["region", configOf(it, "region")],
  ["folder", configOf(it, "pathPrefix")],
  ["created by", it.createdBy],
  ["created", time(it.createdAt)]
])

export const index = details((it: Index) => [
  ["index", it.id],
  ["name", it.name],
  ["description", it.description],
  ["type", it.type],
  ["image", it.expressionType],
  ["expression", it.expression],
  ["bands", it.bands.join(", ")],
  ["colours", it.colormap],
  ["range", it.rescale.join(" to ")],
  ["satellite", it.satelliteId],
  ["created", time(it.createdAt)]
])

/** The first interval of a collection: one day to another, or to no end. */
export const intervalOf = ({ intervals: [first] }: Collection): string => {
  const day = (at: DateTime.DateTime | undefined) => (at === undefined ? ".." : DateTime.formatIsoDateUtc(at))
  return first === undefined ? "" : `${day(first.start)} to ${day(first.end)}`
}

export const image = details((it: StacItem) => [
  ["image", it.id],
  ["collection", it.collection],
  ["time", time(it.datetime)],
  ["clouds", percent(it.clouds)],
  ["satellite", it.platform],
  ["pixel", Option.map(it.gsd, (metres) => `${metres} m`)],
  ["bounds", it.bbox.join(", ")],
  ["files", Option.map(it.assets, (assets) => Object.keys(Object(assets)).join(", "))]
])

export const collection = details((it: Collection) => [
  ["collection", it.id],
  ["title", it.title],
  ["description", it.description],
  ["license", it.license],
  ["providers", it.providers.flatMap(({ name }) => Option.toArray(name)).join(", ")],
  ["bounds", it.boxes[0]?.join(", ") ?? ""],
  ["images", intervalOf(it)],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

export const aoiColumns: ReadonlyArray<Column<Aoi>> = [
  { head: "ID", of: (aoi) => aoi.id },
  { head: "NAME", cuts: true, of: (aoi) => aoi.name },
  { head: "STATUS", of: (aoi) => status(aoi) },
  { head: "PROGRESS", of: (aoi) => percent(aoi.progress) },
  { head: "CREATED", minor: true, of: (aoi) => time(aoi.createdAt) }
]

export const aoi = details((it: Aoi) => [
  ["AOI", it.id],
  ["name", it.name],
  ["description", it.description],
  ["status", status(it)],
  ["progress", percent(it.progress)],
  ["project", it.projectId],
  ["satellite", it.satelliteId],
  ["area", Option.map(it.squareMetres, (area) => `${area} m²`)],
  ["images", Option.map(it.images, (images) => Object.keys(Object(images)).join(", "))],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

export const visualizationColumns: ReadonlyArray<Column<VisualizationSummary>> = [
  { head: "ID", of: (it) => it.id },
  { head: "INDEX", of: (it) => it.indexId },
  { head: "STATUS", of: (it) => status(it) },
  { head: "PROGRESS", of: (it) => percent(it.progress) },
  { head: "CREATED", minor: true, of: (it) => time(it.createdAt) }
]

export const visualization = details((it: Pick<VisualizationSummary, keyof typeof VisualizationSummary.fields>) => [
  ["visualization", it.id],
  ["AOI", it.aoiId],
  ["index", it.indexId],
  ["status", it.status],
  ["progress", percent(it.progress)],
  ["created", time(it.createdAt)],
  ["updated", time(it.updatedAt)]
])

export const insightColumns: ReadonlyArray<Column<Insight>> = [
  { head: "ID", of: (it) => it.id },
  { head: "NAME", cuts: true, of: (it) => it.name },
  { head: "STATUS", of: (it) => status(it) },
  { head: "PROGRESS", of: (it) => percent(it.progress) },
  { head: "COST", minor: true, of: (it) => tokens(it.cost) },
  { head: "CREATED", minor: true, of: (it) => time(it.createdAt) }
]

/** The names of some data. */
const namesIn = (data: ReadonlyArray<DataType>): Option.Option<string> =>
  data.length === 0 ? Option.none() : Option.some(data.map(({ name }) => Option.getOrElse(name, () => "-")).join(", "))

export const insight = details((it: Insight) => [
  ["insight", it.id],
  ["AOI", it.aoiId],
  ["name", it.name],
  ["status", status(it)],
  ["progress", percent(it.progress)],
  ["reason", it.errMsg],
  ["cost", tokens(it.cost)],
  ["estimated", Option.map(it.estimatedDuration, Duration.format)],
  ["inputs", namesIn(it.inputs)],
  ["results", namesIn(it.outputs)],
  ["created by", it.createdBy],
  ["created", time(it.createdAt)],
  ["deleted", time(it.deletedAt)]
])

/** A thing that changes on its way to an end. */
type Changing = Pick<VisualizationSummary, "progress" | "status"> & { readonly id: string }

/** A line for each change of a thing. */
export const stateChange = (it: Changing): string =>
  [it.id, Option.getOrElse(it.status, () => ""), Option.getOrElse(percent(it.progress), () => "")].map(plain).join("  ")
