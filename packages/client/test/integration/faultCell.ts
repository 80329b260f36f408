/** Judges the end of one operation under one fault on one transport. */
import { inspect } from "node:util"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as Path from "@effect/platform/Path"
import * as Client from "@effect-pixxel/client"
import { Fault, type FixtureSet } from "@effect-pixxel/mock-server"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Given, Operation } from "./faultOperations.js"
import { type FaultRow, outcomeOf } from "./faultRows.js"
import { type Places, type Step, type Transport, visits, type Wire, wayOf, wire } from "./faultTransports.js"
import { JobsApi, MockServer, projectId, fixtures as shipped, workflowOf } from "./world.js"

export interface Cell {
  readonly transport: Transport
  readonly places: Places
  /** For the files of downloads. */
  readonly folder: string
  readonly operation: Operation
  readonly step: Step
  readonly fault: FaultRow
  readonly expected: string
}

// --- the world ---

const story = "instant"
const workflowId = workflowOf(story)

/** A new job has succeeded at its first poll, and has a small package. */
const fixtures: FixtureSet = {
  ...shipped,
  jobs: new Map([
    ...shipped.jobs,
    [
      story,
      {
        kind: "job",
        source: "made up for a test",
        workflow: workflowId,
        phases: [{ status: "running", until: { tasksDone: true } }, { status: "completed" }],
        tasks: [{ name: "ndvi", takes: "0s" }],
        download: { pending: "0s" }
      }
    ]
  ])
}

/** Two attempts represent five, and one tolerated failure of a wait represents many. */
const patience = { retry: { maxAttempts: 2 }, waiting: { tolerance: 1 } }

const clientOver = ({ client }: Wire) =>
  Layer.unwrapEffect(
    Effect.map(MockServer, ({ baseUrl, token }) =>
      Client.Pixxel.layer({ baseUrl, token, ...patience, onDrift: () => Effect.void })
    )
  ).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))

let files = 0

const prepared = ({ folder, operation, step }: Cell) =>
  Effect.gen(function* () {
    const path = `${folder}/${++files}.zip`
    const jobs = yield* JobsApi
    const { id: jobId } = operation.needsJob
      ? yield* jobs.create({ workflowId, projectId, adopt: "never" })
      : { id: Client.JobId.make("none") }
    // Only a polled job has tasks.
    const { tasks } = step === "downloadTask" ? yield* jobs.get({ workflowId, jobId }) : { tasks: [] }
    const taskId = tasks[0]?.id ?? Client.TaskId.make("none")
    const given: Given = { workflowId, projectId, jobId, taskId, path }
    return given
  })

/** A secret in the server's answers. */
const writtenSignature = "5ec0e7c0ffee5ec0e7"

// --- checks of every end ---

/** All errors. */
const errors = Schema.Union(
  ...Client.HttpError.members,
  Client.JobFailed,
  Client.WaitTimeout,
  Client.CreateOutcomeUnknown,
  Client.CreateUnconfirmed,
  Client.CreateNotSent,
  Client.CostLimitExceeded,
  Client.EstimateUnknown,
  Client.QuoteOutcomeUnknown,
  Client.DownloadError,
  Client.DownloadIncomplete,
  Client.RunIncomplete
)

/** The attempts of the failed call. */
const attemptsOf = (error: object): unknown => {
  if (!("failure" in error)) return Reflect.get(error, "attempts")
  return attemptsOf(Object(error.failure))
}

/** Checks that an error matches its schema, has a JSON form, and has the attempts. */
const complaintsOf = (error: unknown): ReadonlyArray<string> => {
  const known = errors.members.find((it) => error instanceof it)
  if (known === undefined) return [`no error of the client: ${inspect(error)}`]
  const attempts = attemptsOf(Object(error))
  return [
    ...Object.keys(Object(error))
      .filter((key) => !(key in known.fields))
      .map((key) => `it has a field ${key} beside those of its schema`),
    ...Either.match(Schema.encodeUnknownEither(errors)(error), {
      onLeft: ({ message }) => [message],
      onRight: () => []
    }),
    // An unusable estimate was answered.
    ...((Array.isArray(attempts) && attempts.length > 0) || known === Client.CostLimitExceeded
      ? []
      : ["the attempts are missing"])
  ]
}

/** The readable forms of an end, in a log or an error report. */
const renderings = (exit: Exit.Exit<unknown, unknown>): ReadonlyArray<string> => [
  JSON.stringify(exit),
  inspect(exit, { depth: 20 }),
  ...(Exit.isFailure(exit) ? [Cause.pretty(exit.cause), String(Cause.squash(exit.cause))] : [])
]

interface End {
  readonly ended: string
  readonly complaints: ReadonlyArray<string>
}

const endOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>): End => {
  if (Exit.isSuccess(exit)) return { ended: "success", complaints: [] }
  const failure = Cause.failureOption(exit.cause)
  return Cause.isFailType(exit.cause) && Option.isSome(failure)
    ? { ended: failure.value._tag, complaints: complaintsOf(failure.value) }
    : { ended: "a defect", complaints: [Cause.pretty(exit.cause)] }
}

// --- the cell ---

const play = (cell: Cell, wire: Wire, log: Array<string>) =>
  Effect.gen(function* () {
    const { fault, operation, places, step } = cell
    const mock = yield* MockServer
    const given = yield* prepared(cell)
    const token = Redacted.value(mock.token)
    const elsewhere = `${places.elsewhere}/${mock.world}`
    if (typeof fault.does === "string") wire.lead(step, fault.does)
    else {
      // An answer repeats only secrets of its request.
      const sent = step === "ping" ? "no token" : token
      const effect = fault.does({ token: sent, signature: writtenSignature, elsewhere })
      yield* mock.faults.use(Fault.plan(Fault.on(step, effect)))
    }
    const before = mock.time.elapsed
    const exit = yield* Effect.exit(operation.run(given))
    const minutes = (mock.time.elapsed - before) / 60_000
    const { complaints, ended } = endOf(exit)
    const visited = visits.filter((visit) => visit.includes(`/${mock.world}/`))
    const secrets = [token, writtenSignature, ...wire.signatures]
    const hasSecret = (text: string) => secrets.some((secret) => text.includes(secret))
    return {
      ended,
      complaints: [
        ...complaints,
        ...(minutes > operation.minutes ? [`it took ${minutes} minutes`] : []),
        ...(renderings(exit).some(hasSecret) ? ["it contains a secret"] : []),
        ...log.filter(hasSecret).map((line) => `a secret is in the log: ${line}`),
        ...(visited.some((visit) => visit.includes(token)) ? ["the token was taken to another host"] : []),
        ...(step !== "getPackage" && visited.length > 0 ? ["a redirect was followed"] : [])
      ]
    }
  })

/** Far longer in real time than any cell takes, to name hanging cells. */
const longest = "60 seconds"

/** Runs a cell. Returns its problems, empty on success. */
export const complaintsAbout = (
  cell: Cell
): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem | Client.Hashing | Path.Path> => {
  const { expected, fault, places, transport } = cell
  const log: Array<string> = []
  const world = Layer.mergeAll(
    MockServer.layer({
      transport: wayOf(transport),
      fixtures,
      capsules: false,
      // A body longer than declared looks complete to its client, and truncated to the server.
      // An answer that a fault has spoiled may be readable: then the client knows the created thing.
      conduct: { resume: false, secondCreate: outcomeOf(fault.call, transport) !== "success" }
    }),
    Logger.replace(
      Logger.defaultLogger,
      Logger.make(
        ({ cause, message }) => void log.push(`${message} ${Cause.isEmpty(cause) ? "" : inspect(cause, { depth: 20 })}`)
      )
    ),
    Logger.minimumLogLevel(LogLevel.All)
  )
  return Effect.flatMap(wire(transport, places), (it) => Effect.provide(play(cell, it, log), clientOver(it))).pipe(
    Effect.provide(world),
    // In a separate fiber: merged layers set the clock of the world for the fiber that builds them.
    Effect.fork,
    Effect.flatMap((fiber) =>
      Effect.tap(Effect.timeoutOption(Fiber.await(fiber), longest), () => Fiber.interruptFork(fiber))
    ),
    Effect.map((exit) => {
      if (Option.isNone(exit)) return [`hung for ${longest}`]
      if (Exit.isFailure(exit.value)) return [Cause.pretty(exit.value.cause)]
      const { complaints, ended } = exit.value.value
      return [...(ended === expected ? [] : [`expected ${expected}, was ${ended}`]), ...complaints]
    }),
    Effect.map((complaints) => complaints.map((it) => `${fault.what}: ${it}`))
  )
}
