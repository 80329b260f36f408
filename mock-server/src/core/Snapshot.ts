/**
 * The state of a world as plain JSON, to be restored in the same world, another one, or another server with the same
 * fixtures. A snapshot has no world's name, so it fits any world of its seed. It names stories and does not copy them.
 * Tokens, quirks and the storage's origin belong to the world and are not included. A signed URL leads to the world
 * that signed it.
 */
import * as Type from "typebox/type"
import type { FixtureSet } from "./Fixture.js"
import { planProblems } from "./faults/Check.js"
import { planShape } from "./faults/Plan.js"
import type { JournalEntry } from "./Journal.js"
import { type Path, type Problem, printProblems, printValue, problem, reference, taken } from "./Problem.js"
import { count, type DeepReadonly, field, name, object, oneOf, optional, text } from "./Shape.js"
import { shapeProblems } from "./ShapeCheck.js"

/** A `Date` reaches twice as far, so that time can advance after a restore. */
const time = Type.Number({
  minimum: -8_640_000_000_000_000,
  maximum: 4_320_000_000_000_000,
  title: "a time in milliseconds since 1970"
})
const elapsed = Type.Number({ minimum: 0, title: "a number of milliseconds from 0" })
const ordinal = Type.Integer({ minimum: 1, title: "a whole number from 1" })
const bytes = Type.Integer({ minimum: 0, title: "a whole number of bytes from 0" })
const list = <S extends Type.TSchema>(items: S) => Type.Array(items, { title: "a list" })
const texts = Type.Record(Type.String(), text, { title: "an object of texts" })

const begin = 1_735_689_600_000
const id = "46c469d7-1792-49c6-8c98-7367b0282dc7"

const seq = (description: string) => field(ordinal, description, { examples: [1] })

export const event = object(
  {
    kind: field(
      oneOf("delivery", "signal"),
      "Kind of the event. `delivery`: an answer that showed the job was complete. `signal`: the test sent a signal.",
      { examples: ["signal"] }
    ),
    at: field(elapsed, "Time since the job was created.", { examples: [61_000] }),
    name: field(optional(name), "Name of a signal. Default: none, for a delivery.", { examples: ["start"] })
  },
  { title: "an event of a job", description: "An event that a job depends on." }
)

export const asked = object(
  {
    task: field(optional(name), "Id of the task. Default: none, for the package of the job.", { examples: [id] }),
    at: field(time, "Time of the first request for the package.", { examples: [begin + 300_000] })
  },
  { title: 'an object of "at", and "task" if it is of one', description: "A requested package." }
)

export const savedJob = object(
  {
    id: field(name, "Id of the job.", { examples: [id] }),
    workflow: field(name, "Id of its workflow.", { examples: ["wf-crop-classification"] }),
    story: field(name, "Name of the story that it follows.", { examples: ["crop-classification"] }),
    createdAt: field(time, "Time of its creation.", { examples: [begin] }),
    events: field(list(event), "Events of the job, oldest first, if its story depends on any.", {
      examples: [[{ kind: "delivery", at: 5_000 }]]
    }),
    asked: field(list(asked), "Packages that were asked for.", { examples: [[{ at: begin + 300_000 }]] })
  },
  { title: "a job", description: "A job of a saved world." }
)

export const savedWorkflow = object(
  {
    id: field(name, "Id of the workflow.", { examples: ["wf-crop-classification"] }),
    created: field(count, "Number of jobs that were created; the id of the next one comes from it.", { examples: [1] }),
    queued: field(list(name), "Names of the stories of its next jobs.", { examples: [["water-quality-failed"]] })
  },
  { title: "the state of a workflow", description: "The next jobs of a workflow." }
)

export const attemptCount = object(
  {
    operation: field(name, "Operation.", { examples: ["getJobById"] }),
    subject: field(text, "Last id of the path.", { examples: [id] }),
    count: field(ordinal, "Number of requests.", { examples: [3] })
  },
  { title: "a count of attempts", description: "A count of the requests of one operation and id." }
)

export const bucket = object(
  {
    rule: field(count, "Place of its rule in the plan, from 0.", { examples: [0] }),
    level: field(count, "Number of its tokens.", { examples: [4] }),
    at: field(time, "Time at which it had them.", { examples: [begin] })
  },
  { title: "the state of a limit", description: "The bucket of a rate limit." }
)

const attempts = list(attemptCount)
const noAttempts = { examples: [[{ operation: "getJobById", subject: id, count: 3 }]] } as const

export const savedFaults = object(
  {
    plan: field(planShape, "Fault plan.", { examples: [{ rules: [] }] }),
    since: field(time, "Time since which it is in place.", { examples: [begin] }),
    fired: field(list(count), "Number of times that each rule has taken effect.", { examples: [[2, 0]] }),
    attempts: field(attempts, "Requests since the plan is in place.", noAttempts),
    buckets: field(list(bucket), "Rate limits that a request has met.", {
      examples: [[{ rule: 0, level: 4, at: begin }]]
    })
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
      { examples: ["api"] }
    ),
    time: field(time, "Time of arrival, on the world's clock.", { examples: [begin] }),
    operation: field(
      optional(name),
      "Operation; `getPackage` is the download behind a signed URL. Default: absent, for a request that is no " +
        "operation.",
      { examples: ["getJobById"] }
    ),
    subject: field(text, "Last id of the path; empty if the path has none.", { examples: [id] }),
    attempt: seq("Number of the request among those of the same operation and subject."),
    method: field(name, "HTTP method.", { examples: ["GET"] }),
    route: field(optional(name), "Template of the path. Default: absent, for a request that is no operation.", {
      examples: ["/v0/workflows/{workflow_id}"]
    }),
    path: field(text, "Path as it was sent, without the world's prefix and the query.", {
      examples: ["/v0/workflows/wf-crop-classification"]
    }),
    ids: field(texts, "Ids of the path, decoded.", { examples: [{ workflow_id: "wf-crop-classification" }] }),
    query: field(
      Type.Record(Type.String(), Type.Union([text, list(text)], { title: "a text or a list of texts" }), {
        title: "an object of texts, or of lists of texts"
      }),
      "Values of documented parameters. Of other parameters only the name is kept; of a signature whether it is " +
        "`right` or `wrong`.",
      { examples: [{ project_id: "project-monsoon-2024" }] }
    ),
    headers: field(texts, "Headers, as far as the journal keeps them, such as `range`; never `authorization`.", {
      examples: [{ range: "bytes=500-" }]
    }),
    credential: field(name, "Role and form of the token, or `missing`, or `refused`; never the token.", {
      examples: ["bearer owner"]
    }),
    received: field(bytes, "Length of the request's body, as its head says.", { examples: [0] }),
    status: field(optional(count), `HTTP status of the answer. ${unanswered}`, { examples: [200] }),
    retryAfter: field(
      optional(elapsed),
      "Time that `Retry-After` asked the client to wait. Default: absent, without `Retry-After`.",
      { examples: [7_000] }
    ),
    shown: field(
      optional(text),
      "Status of the job in an answer of `createJob` or `getJobById`; `pending` or `ready` in an answer of a " +
        "download. Default: absent.",
      { examples: ["running"] }
    ),
    bytes: field(
      optional(bytes),
      "Length of the answer's body, as far as it was sent. Default: absent, when it is not known.",
      { examples: [1_981] }
    ),
    fault: field(optional(name), "Rules of the fault plan that took effect. Default: absent.", {
      examples: ["rules[1] cut"]
    }),
    ended: field(optional(time), "Time at which the request was over. Default: absent, while it is under way.", {
      examples: [begin + 12]
    }),
    end: field(
      optional(oneOf("whole", "cut", "gone")),
      "End of the request. `whole`: the answer was sent completely. `cut`: a fault ended it. `gone`: the client " +
        "went away. Default: absent, while it is under way.",
      { examples: ["whole"] }
    )
  } satisfies Record<keyof JournalEntry, Type.TSchema>,
  { title: "a request", description: "A request of a world's journal, and its answer." }
)

const job = field(name, "Id of the job.", { examples: [id] })

export const enqueueAction = object(
  {
    do: field(Type.Literal("enqueue"), "A story was queued.", { examples: ["enqueue"] }),
    story: field(name, "Name of the story.", { examples: ["water-quality-failed"] }),
    workflow: field(name, "Id of the workflow.", { examples: ["wf-water-quality"] })
  },
  { description: "The test queued a story." }
)

export const signalAction = object(
  {
    do: field(Type.Literal("signal"), "A signal was sent.", { examples: ["signal"] }),
    job,
    name: field(name, "Name of the signal.", { examples: ["start"] })
  },
  { description: "The test sent a signal." }
)

export const faultsAction = object(
  {
    do: field(Type.Literal("faults"), "A fault plan was put in place.", { examples: ["faults"] }),
    plan: field(planShape, "Fault plan.", { examples: [{ rules: [] }] })
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
    at: field(time, "Time on the world's clock.", { examples: [begin] }),
    action: field(action, "Action of the test.", { examples: [{ do: "signal", job: id, name: "start" }] })
  },
  { description: "The test acted on the world." }
)

const happening = Type.Union([arrival, ending, testAction], {
  title: 'an object of "arrived", of "over", or of "at" and "action"'
})

export const savedJournal = object(
  {
    seq: field(count, "Number of the last request.", { examples: [2] }),
    entries: field(list(journalEntry), "Requests, oldest first; at most the last 10,000, and 8 MB.", {
      examples: [[]]
    }),
    attempts: field(attempts, "Requests since the world began.", noAttempts),
    happenings: field(
      optional(list(happening)),
      "Arrivals and ends of requests, and actions of the test, in order. Default: absent, when the journal has " +
        "lost requests; then there is no replay.",
      { examples: [[{ arrived: 1 }, { over: 1 }]] }
    )
  },
  { title: "a journal", description: "The journal of a saved world." }
)

export const snapshotShape = object(
  {
    version: field(Type.Literal(1), "Version of the format.", { examples: [1] }),
    seed: field(name, "Seed of the world.", { examples: ["pixxel"] }),
    startedAt: field(time, "Time at which the world began.", { examples: [begin] }),
    now: field(time, "Time of the snapshot.", { examples: [begin + 60_000] }),
    jobs: field(list(savedJob), "Jobs, oldest first.", { examples: [[]] }),
    workflows: field(list(savedWorkflow), "Workflows that have created or queued jobs.", { examples: [[]] }),
    faults: field(savedFaults, "Fault plan and its state.", {
      examples: [{ plan: { rules: [] }, since: begin, fired: [], attempts: [], buckets: [] }]
    }),
    journal: field(savedJournal, "Journal.", { examples: [{ seq: 0, entries: [], attempts: [], happenings: [] }] })
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
export type Snapshot = DeepReadonly<Type.Static<typeof snapshotShape>>

/**
 * This world cannot restore the snapshot: it is malformed, or has another seed or other fixtures. The message lists all
 * problems, one per line, as `path: message`.
 *
 * @since 0.1.0
 * @category errors
 */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError"
  readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>

  constructor(problems: ReadonlyArray<Problem>) {
    const printed = printProblems(problems)
    super(["the snapshot cannot be used", ...printed.map(({ message, path }) => `${path}: ${message}`)].join("\n"))
    this.problems = printed
  }
}

/** The world that restores a snapshot. */
interface Target {
  readonly seed: string
  readonly fixtures: FixtureSet
  /** Includes those of its fixtures. */
  readonly maxJobs: number
}

/** Reports each repetition of a name. */
const repeated = (names: ReadonlyArray<string>, path: (index: number) => Path): ReadonlyArray<Problem> => {
  const seen = new Set<string>()
  return names.flatMap((name, index) => {
    if (seen.has(name)) return [taken(path(index), name)]
    seen.add(name)
    return []
  })
}

/** Reports a number of jobs or queued stories above the world's limit. */
const countProblems = (path: Path, count: number, what: string, most: number): ReadonlyArray<Problem> =>
  count <= most ? [] : [problem(path, `${count} ${what}`, `at most ${most}: maxJobs allows more`)]

const jobProblems = (snapshot: Snapshot, { fixtures, maxJobs }: Target): ReadonlyArray<Problem> => {
  const { jobs, workflows } = snapshot
  const stories = [...fixtures.jobs.keys()]
  const ids = [...fixtures.workflows.keys()]
  const story = (path: Path, word: string) => reference(path, word, "the name of a story", stories)
  const workflow = (path: Path, word: string) => reference(path, word, "the id of a workflow", ids)
  const queued = workflows.reduce((count, { queued }) => count + queued.length, 0)
  return [
    ...countProblems(["jobs"], jobs.length, "jobs", maxJobs),
    ...countProblems(["workflows"], queued, "queued stories", maxJobs),
    ...jobs.flatMap((job, index) => [
      ...workflow(["jobs", index, "workflow"], job.workflow),
      ...story(["jobs", index, "story"], job.story)
    ]),
    ...repeated(
      jobs.map(({ id }) => id),
      (index) => ["jobs", index, "id"]
    ),
    ...workflows.flatMap(({ id, queued }, index) => [
      ...workflow(["workflows", index, "id"], id),
      ...queued.flatMap((word, place) => story(["workflows", index, "queued", place], word))
    ]),
    ...repeated(
      workflows.map(({ id }) => id),
      (index) => ["workflows", index, "id"]
    )
  ]
}

const faultProblems = ({ faults: { buckets, fired, plan } }: Snapshot): ReadonlyArray<Problem> => {
  const numbers = fired.length === 1 ? "1 number" : `${fired.length} numbers`
  return [
    ...planProblems(plan).map((problem) => ({ ...problem, path: ["faults", "plan", ...problem.path] })),
    ...(fired.length === plan.rules.length
      ? []
      : [problem(["faults", "fired"], numbers, `one for each of the ${plan.rules.length} rules`)]),
    ...buckets.flatMap(({ level, rule }, index) => {
      const path = ["faults", "buckets", index]
      const tokens = plan.rules[rule]?.do.limit?.tokens
      if (tokens === undefined)
        return [problem([...path, "rule"], String(rule), "the place of a rule with a limit, from 0")]
      return level > tokens
        ? [problem([...path, "level"], String(level), `at most ${tokens}, the tokens of its limit`)]
        : []
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

/** Reports times after `now`. */
const timeProblems = ({ faults, jobs, journal, now, startedAt }: Snapshot): ReadonlyArray<Problem> => {
  const expected = `none after "now", which is ${now}`
  const events = jobs.flatMap(({ createdAt, events }, index) =>
    events.flatMap(({ at }, place) =>
      at > now - createdAt
        ? [problem(["jobs", index, "events", place, "at"], `${at} ms after ${createdAt}`, expected)]
        : []
    )
  )
  const times: ReadonlyArray<readonly [Path, number]> = [
    [["startedAt"], startedAt],
    ...jobs.flatMap(({ asked, createdAt }, index) => [
      [["jobs", index, "createdAt"], createdAt] as const,
      ...asked.map(({ at }, place) => [["jobs", index, "asked", place, "at"], at] as const)
    ]),
    [["faults", "since"], faults.since],
    ...faults.buckets.map(({ at }, index) => [["faults", "buckets", index, "at"], at] as const),
    ...journal.entries.map(({ time }, index) => [["journal", "entries", index, "time"], time] as const)
  ]
  return [...times.flatMap(([path, at]) => (at > now ? [problem(path, String(at), expected)] : [])), ...events]
}

/** Checks a value from outside as a snapshot for this world. Throws a `SnapshotError` with all problems. */
export const checkSnapshot = (value: unknown, target: Target): Snapshot => {
  const wrongShape = shapeProblems(snapshotShape, value)
  if (wrongShape.length > 0) throw new SnapshotError(wrongShape)
  const snapshot = value as Snapshot // its shape has no problem
  const problems = [
    ...(snapshot.seed === target.seed
      ? []
      : [problem(["seed"], printValue(snapshot.seed), `${printValue(target.seed)}, the seed of this world`)]),
    ...jobProblems(snapshot, target),
    ...faultProblems(snapshot),
    ...orderProblems(snapshot),
    ...timeProblems(snapshot)
  ]
  if (problems.length > 0) throw new SnapshotError(problems)
  return snapshot
}
