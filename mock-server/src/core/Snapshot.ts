/**
 * A world as plain JSON: what it takes to go on from there, in the same world, in another one, or in another server
 * with the same fixtures. It has no name, so it fits any world of its seed. Stories are named and not copied; tokens,
 * quirks and the storage's origin belong to the world, and are not in it. A signed URL leads to the world that signed it.
 */
import * as Type from "typebox/type"
import { count, type DeepReadonly, type FixtureSet, name, object, oneOf, optional, text } from "./Fixture.js"
import { planProblems } from "./faults/Check.js"
import { planShape } from "./faults/Plan.js"
import type { JournalEntry } from "./Journal.js"
import { reference, taken } from "./MeaningCheck.js"
import { type Path, type Problem, printProblems, printValue, problem } from "./Problem.js"
import { shapeProblems } from "./ShapeCheck.js"

/** A `Date` reaches twice as far: time can go on. */
const time = Type.Number({
  minimum: -8_640_000_000_000_000,
  maximum: 4_320_000_000_000_000,
  title: "a time in milliseconds since 1970"
})
const elapsed = Type.Number({ minimum: 0, title: "a number of milliseconds from 0" })
const ordinal = Type.Integer({ minimum: 1, title: "a whole number from 1" })
const list = <S extends Type.TSchema>(items: S) => Type.Array(items, { title: "a list" })
const texts = Type.Record(Type.String(), text, { title: "an object of texts" })

const event = object(
  {
    kind: oneOf("delivery", "signal"),
    /** Since the job was created. */
    at: elapsed,
    name: optional(name)
  },
  { title: "an event of a job" }
)

const job = object(
  {
    id: name,
    workflow: name,
    story: name,
    createdAt: time,
    events: list(event),
    /** When packages were first asked for: that of a task, or of the job itself. */
    asked: list(object({ task: optional(name), at: time }, { title: 'an object of "at", and "task" if it is of one' }))
  },
  { title: "a job" }
)

const workflow = object(
  {
    id: name,
    /** How many jobs were created: the next id comes from it. */
    created: count,
    /** The stories of its next jobs. */
    queued: list(name)
  },
  { title: "what is next in a workflow" }
)

const attempts = list(object({ operation: name, subject: text, count: ordinal }, { title: "a count of attempts" }))

const faults = object(
  {
    plan: planShape,
    /** When it was put in place. */
    since: time,
    /** How often each rule has taken effect. */
    fired: list(count),
    attempts,
    /** The rate limits that somebody has met, by the place of their rule. */
    buckets: list(object({ rule: count, level: count, at: time }, { title: "the state of a limit" }))
  },
  { title: "a fault plan and where it is" }
)

const entry = object(
  {
    seq: ordinal,
    origin: oneOf("api", "storage"),
    time,
    operation: optional(name),
    subject: text,
    attempt: ordinal,
    method: name,
    route: optional(name),
    path: text,
    ids: texts,
    query: Type.Record(Type.String(), Type.Union([text, list(text)], { title: "a text or a list of texts" }), {
      title: "an object of texts, or of lists of texts"
    }),
    headers: texts,
    credential: name,
    received: count,
    status: optional(count),
    retryAfter: optional(elapsed),
    shown: optional(text),
    bytes: optional(count),
    fault: optional(name),
    ended: optional(time),
    end: optional(oneOf("whole", "cut", "gone"))
  } satisfies Record<keyof JournalEntry, Type.TSchema>,
  { title: "a request" }
)

const action = Type.Union(
  [
    object({ do: Type.Literal("enqueue"), story: name, workflow: name }),
    object({ do: Type.Literal("signal"), job: name, name }),
    object({ do: Type.Literal("faults"), plan: planShape })
  ],
  { title: 'an object with "do": "enqueue", "signal" or "faults"' }
)

const happening = Type.Union([object({ arrived: ordinal }), object({ over: ordinal }), object({ at: time, action })], {
  title: 'an object of "arrived", of "over", or of "at" and "action"'
})

export const snapshotShape = object(
  {
    version: Type.Literal(1),
    seed: name,
    /** When the world began. */
    startedAt: time,
    now: time,
    /** Oldest first. */
    jobs: list(job),
    workflows: list(workflow),
    faults,
    journal: object(
      {
        /** The number of the last request. */
        seq: count,
        entries: list(entry),
        attempts,
        /** Absent when the journal has lost some. */
        happenings: optional(list(happening))
      },
      { title: "a journal" }
    )
  },
  { title: "a saved world" }
)

/**
 * A world as it was, as plain JSON. Times are milliseconds since 1970, on the world's clock.
 *
 * A request that was under way is in its journal without an end, and gets none: nobody waits for it any more.
 *
 * @since 0.1.0
 * @category models
 */
export type Snapshot = DeepReadonly<Type.Static<typeof snapshotShape>>

/**
 * A snapshot that this world cannot go on from: it is none, or of another seed or other fixtures. The message lists all
 * that is wrong with it, one a line, as `path: message`.
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

/** The world that is to go on from a snapshot. */
interface Target {
  readonly seed: string
  readonly fixtures: FixtureSet
  /** Those of its fixtures included. */
  readonly maxJobs: number
}

/** Names that somebody before has; the first of a kind is no problem. */
const repeated = (names: ReadonlyArray<string>, path: (index: number) => Path): ReadonlyArray<Problem> => {
  const seen = new Set<string>()
  return names.flatMap((name, index) => {
    if (seen.has(name)) return [taken(path(index), name)]
    seen.add(name)
    return []
  })
}

/** A number of jobs or queued stories that is no more than a world may have. */
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

/** Everything has happened by `now`. */
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

/** A value from outside as a snapshot for this world, or a `SnapshotError` with all that is wrong with it. */
export const checkSnapshot = (value: unknown, target: Target): Snapshot => {
  const wrongShape = shapeProblems(snapshotShape, value)
  if (wrongShape.length > 0) throw new SnapshotError(wrongShape)
  const snapshot = value as Snapshot // no problem of its shape
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
