/**
 * The state of a world as plain JSON, to be restored in the same world, another one, or another server with the same
 * fixtures. A snapshot has no world's name, so it fits any world of its seed. It names stories and does not copy them.
 * Tokens, quirks and the storage's origin belong to the world and are not included. A signed URL leads to the world
 * that signed it.
 */
import * as Type from "typebox/type"
import { resources } from "../resources/index.js"
import { type Drawer, type DrawerKind, type Merged, merge } from "../resources/Resource.js"
import { planProblems } from "./faults/Check.js"
import { planShape } from "./faults/Plan.js"
import type { JournalEntry } from "./Journal.js"
import { laterThan, type Path, type Problem, printValue, problem, problemsError, unless, within } from "./Problem.js"
import {
  bytes,
  count,
  elapsed,
  field,
  json,
  list,
  name,
  object,
  oneOf,
  optional,
  ordinal,
  type Shaped,
  text,
  texts,
  time,
  yes
} from "./Shape.js"
import { shapeProblems } from "./ShapeCheck.js"

const begin = 1_735_689_600_000
const id = "46c469d7-1792-49c6-8c98-7367b0282dc7"

const seq = (description: string) => field(ordinal, description, [1])

export const attemptCount = object(
  {
    operation: field(name, "Operation.", ["getJobById"]),
    subject: field(text, "Last id of the path.", [id]),
    count: field(ordinal, "Number of requests.", [3])
  },
  { title: "a count of attempts", description: "A count of the requests of one operation and id." }
)

export const bucket = object(
  {
    rule: field(count, "Place of its rule in the plan, from 0.", [0]),
    level: field(count, "Number of its tokens.", [4]),
    at: field(time, "Time at which it had them.", [begin])
  },
  { title: "the state of a limit", description: "The bucket of a rate limit." }
)

const attempts = list(attemptCount)
const someAttempts = [{ operation: "getJobById", subject: id, count: 3 }]

export const savedFaults = object(
  {
    plan: field(planShape, "Fault plan.", [{ rules: [] }]),
    since: field(time, "Time since which it is in place.", [begin]),
    fired: field(list(count), "Number of times that each rule has taken effect.", [[2, 0]]),
    attempts: field(attempts, "Requests since the plan is in place.", [someAttempts]),
    buckets: field(list(bucket), "Rate limits that a request has met.", [[{ rule: 0, level: 4, at: begin }]])
  },
  { title: "a fault plan and its state", description: "The fault plan of a saved world, and its state." }
)

const unanswered = "Default: absent, until it is answered."

export const journalEntry = object(
  {
    seq: seq("Number of the request, over all requests of the world."),
    origin: field(
      oneOf("api", "storage"),
      "Server that was asked. `api`: the API. `storage`: the store of signed URLs.",
      ["api"]
    ),
    time: field(time, "Time of arrival, on the world's clock.", [begin]),
    operation: field(
      optional(name),
      "Operation; `getPackage` is the download behind a signed URL. Default: absent, for a request that is no " +
        "operation.",
      ["getJobById"]
    ),
    subject: field(text, "Last id of the path; empty if the path has none.", [id]),
    attempt: seq("Number of the request among those of the same operation and subject."),
    method: field(name, "HTTP method.", ["GET"]),
    route: field(optional(name), "Template of the path. Default: absent, for a request that is no operation.", [
      "/v0/workflows/{workflow_id}"
    ]),
    path: field(text, "Path as it was sent, without the world's prefix and the query.", [
      "/v0/workflows/wf-crop-classification"
    ]),
    ids: field(texts, "Ids of the path, decoded.", [{ workflow_id: "wf-crop-classification" }]),
    query: field(
      Type.Record(Type.String(), Type.Union([text, list(text)], { title: "a text or a list of texts" }), {
        title: "an object of texts, or of lists of texts"
      }),
      "Values of documented parameters. Of other parameters only the name is kept; of a signature whether it is " +
        "`right` or `wrong`.",
      [{ project_id: "project-monsoon-2024" }]
    ),
    headers: field(texts, "Headers, as far as the journal keeps them, such as `range`; never `authorization`.", [
      { range: "bytes=500-" }
    ]),
    credential: field(name, "Role and form of the token, or `missing`, or `refused`; never the token.", [
      "bearer owner"
    ]),
    received: field(bytes, "Length of the request's body, as its head says.", [0]),
    body: field(
      optional(json),
      "Body of the request as JSON, with `*` in place of secrets. Default: absent, without a body, and for one that was " +
        "refused.",
      [{ name: "results", type: "S3" }]
    ),
    status: field(optional(count), `HTTP status of the answer. ${unanswered}`, [200]),
    retryAfter: field(
      optional(elapsed),
      "Time that `Retry-After` asked the client to wait. Default: absent, without `Retry-After`.",
      [7_000]
    ),
    shown: field(
      optional(text),
      "Status of the job in an answer of `createJob` or `getJobById`; `pending` or `ready` in an answer of a " +
        "download. Default: absent.",
      ["running"]
    ),
    bytes: field(
      optional(bytes),
      "Length of the answer's body, as far as it was sent. Default: absent, when it is not known.",
      [1_981]
    ),
    fault: field(optional(name), "Rules of the fault plan that took effect. Default: absent.", ["rules[1] cut"]),
    spoiled: field(optional(yes), "One of them kept the client from reading the intended answer. Default: absent.", [
      true
    ]),
    ended: field(optional(time), "Time at which the request was over. Default: absent, while it is under way.", [
      begin + 12
    ]),
    end: field(
      optional(oneOf("whole", "cut", "gone")),
      "End of the request. `whole`: the answer was sent completely. `cut`: a fault ended it. `gone`: the client " +
        "went away. Default: absent, while it is under way.",
      ["whole"]
    )
  } satisfies Record<keyof JournalEntry, Type.TSchema>,
  { title: "a request", description: "A request of a world's journal, and its answer." }
)

export const enqueueAction = object(
  {
    do: field(Type.Literal("enqueue"), "A story was queued.", ["enqueue"]),
    story: field(name, "Name of the story.", ["water-quality-failed"]),
    workflow: field(name, "Id of the workflow.", ["wf-water-quality"])
  },
  { description: "The test queued a story." }
)

export const signalAction = object(
  {
    do: field(Type.Literal("signal"), "A signal was sent.", ["signal"]),
    job: field(name, "Id of the job.", [id]),
    name: field(name, "Name of the signal.", ["start"])
  },
  { description: "The test sent a signal." }
)

export const faultsAction = object(
  {
    do: field(Type.Literal("faults"), "A fault plan was put in place.", ["faults"]),
    plan: field(planShape, "Fault plan.", [{ rules: [] }])
  },
  { description: "The test set a fault plan." }
)

const action = Type.Union([enqueueAction, signalAction, faultsAction], {
  title: 'an object with "do": "enqueue", "signal" or "faults"'
})

export const arrival = object({ arrived: seq("Number of the request.") }, { description: "A request arrived." })

export const ending = object({ over: seq("Number of the request.") }, { description: "A request was over." })

export const testAction = object(
  {
    at: field(time, "Time on the world's clock.", [begin]),
    action: field(action, "Action of the test.", [{ do: "signal", job: id, name: "start" }])
  },
  { description: "The test acted on the world." }
)

const happening = Type.Union([arrival, ending, testAction], {
  title: 'an object of "arrived", of "over", or of "at" and "action"'
})

export const savedJournal = object(
  {
    seq: field(count, "Number of the last request.", [2]),
    entries: field(list(journalEntry), "Requests, oldest first; at most the last 10,000, and 8 MB.", [[]]),
    attempts: field(attempts, "Requests since the world began.", [someAttempts]),
    happenings: field(
      optional(list(happening)),
      "Arrivals and ends of requests, and actions of the test, in order. Default: absent, when the journal has " +
        "lost requests; then there is no replay.",
      [[{ arrived: 1 }, { over: 1 }]]
    )
  },
  { title: "a journal", description: "The journal of a saved world." }
)

type Kinds = Merged<typeof resources, "drawers">

const ofDrawer = ({ shape }: DrawerKind) =>
  field(optional(shape), `${shape.description} Default: as a new world has it.`, [shape.examples?.[0]])

export const savedDrawers = object(
  Object.fromEntries(
    Object.entries<DrawerKind>(merge(resources, "drawers")).map(([name, kind]) => [name, ofDrawer(kind)])
  ) as {
    [Name in keyof Kinds]: Type.TOptional<Kinds[Name]["shape"]>
  }, // one of each
  { title: "the state of resources", description: "The state of each resource of a saved world, by name." }
)

/** A saved world of which nothing was asked yet. */
export const newWorld = {
  version: 2,
  seed: "pixxel",
  startedAt: begin,
  now: begin,
  drawers: { jobs: { jobs: [], workflows: [] } },
  faults: { plan: { rules: [] }, since: begin, fired: [], attempts: [], buckets: [] },
  journal: { seq: 0, entries: [], attempts: [], happenings: [] }
}

export const snapshotShape = object(
  {
    version: field(
      Type.Literal(2, { title: "2, the version of this mock server: save the world again" }),
      "Version of the format.",
      [2]
    ),
    seed: field(name, "Seed of the world.", ["pixxel"]),
    startedAt: field(time, "Time at which the world began.", [begin]),
    now: field(time, "Time of the snapshot.", [begin + 60_000]),
    drawers: field(savedDrawers, "State of each resource.", [newWorld.drawers]),
    faults: field(savedFaults, "Fault plan and its state.", [newWorld.faults]),
    journal: field(savedJournal, "Journal.", [newWorld.journal])
  },
  {
    title: "a saved world",
    description:
      "A world as `GET /worlds/{world}/export` gives it: all that it takes to go on from there. It is not " +
      "written by hand."
  }
)

/**
 * The saved state of a world, as plain JSON. Times are in milliseconds since 1970, on the world's clock.
 *
 * An open request is in the journal without an end, and never gets one: its client is not restored.
 *
 * @since 0.1.0
 * @category models
 */
export type Snapshot = Shaped<typeof snapshotShape>

/**
 * This world cannot restore the snapshot: it is malformed, or has another seed or other fixtures. The message lists all
 * problems, one per line, as `path: message`.
 *
 * @since 0.1.0
 * @category errors
 */
export class SnapshotError extends problemsError("SnapshotError", "the snapshot") {}

const faultProblems = ({ faults: { buckets, fired, plan } }: Snapshot): ReadonlyArray<Problem> => {
  const numbers = fired.length === 1 ? "1 number" : `${fired.length} numbers`
  return [
    ...planProblems(plan, ["faults", "plan"]),
    ...(fired.length === plan.rules.length
      ? []
      : [problem(["faults", "fired"], numbers, `one for each of the ${plan.rules.length} rules`)]),
    ...buckets.flatMap(({ level, rule }, index) => {
      const path = ["faults", "buckets", index]
      const tokens = plan.rules[rule]?.do.limit?.tokens
      if (tokens === undefined)
        return [problem([...path, "rule"], String(rule), "the place of a rule with a limit, from 0")]
      return unless(level <= tokens, [...path, "level"], String(level), `at most ${tokens}, the tokens of its limit`)
    })
  ]
}

const orderProblems = ({ journal: { entries, seq } }: Snapshot): ReadonlyArray<Problem> =>
  entries.flatMap((entry, index) => {
    const before = entries[index - 1]?.seq ?? 0
    const path = ["journal", "entries", index, "seq"]
    if (entry.seq <= before) return [problem(path, String(entry.seq), `more than ${before}, that of the entry before`)]
    return entry.seq > seq ? [problem(path, String(entry.seq), `at most ${seq}, the last of the journal`)] : []
  })

const timeProblems = ({ faults, journal, now, startedAt }: Snapshot): ReadonlyArray<Problem> => {
  const times: ReadonlyArray<readonly [Path, number]> = [
    [["startedAt"], startedAt],
    [["faults", "since"], faults.since],
    ...faults.buckets.map(({ at }, index) => [["faults", "buckets", index, "at"], at] as const),
    ...journal.entries.map(({ time }, index) => [["journal", "entries", index, "time"], time] as const)
  ]
  return times.flatMap(([path, at]) => laterThan(now, path, at))
}

interface Target {
  readonly seed: string
  readonly drawers: Readonly<Record<string, Drawer>>
}

/** Checks a value from outside as a snapshot for this world. Throws a `SnapshotError` with all problems. */
export const checkSnapshot = (value: unknown, { drawers, seed }: Target): Snapshot => {
  const wrongShape = shapeProblems(snapshotShape, value)
  // another format has other fields
  const version = wrongShape.filter(({ path: [key] }) => key === "version")
  if (wrongShape.length > 0) throw new SnapshotError(version.length > 0 ? version : wrongShape)
  const snapshot = value as Snapshot // its shape has no problem
  const saved: Readonly<Record<string, unknown>> = snapshot.drawers
  const problems = [
    ...(snapshot.seed === seed
      ? []
      : [problem(["seed"], printValue(snapshot.seed), `${printValue(seed)}, the seed of this world`)]),
    ...Object.entries(drawers).flatMap(([name, drawer]) =>
      saved[name] === undefined
        ? []
        : drawer
            .problems(saved[name] as never, snapshot.now) // of its shape
            .map((found) => within(["drawers", name], found))
    ),
    ...faultProblems(snapshot),
    ...orderProblems(snapshot),
    ...timeProblems(snapshot)
  ]
  if (problems.length > 0) throw new SnapshotError(problems)
  return snapshot
}
