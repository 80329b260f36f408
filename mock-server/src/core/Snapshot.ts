/**
 * The state of a world as plain JSON, to be restored in the same world, another one, or another server with the same
 * fixtures. A snapshot has no world's name, so it fits any world of its seed. It names stories and does not copy them.
 * Tokens, quirks and the storage's origin belong to the world and are not included. A signed URL leads to the world
 * that signed it.
 */
import * as Type from "typebox/type"
import { count, type DeepReadonly, type FixtureSet, name, object, oneOf, optional, text } from "./Fixture.js"
import { planProblems } from "./faults/Check.js"
import { planShape } from "./faults/Plan.js"
import type { JournalEntry } from "./Journal.js"
import { reference, taken } from "./MeaningCheck.js"
import { type Path, type Problem, printPath, printValue, problem } from "./Problem.js"
import { shapeProblems } from "./ShapeCheck.js"

/** A `Date` reaches twice as far, so that time can advance after a restore. */
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
    /** In milliseconds since the job was created. */
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
    /** Times of the first request for each package: of a task, or of the job. */
    asked: list(object({ task: optional(name), at: time }, { title: 'an object of "at", and "task" if it is of one' }))
  },
  { title: "a job" }
)

const workflow = object(
  {
    id: name,
    /** Number of jobs created; the next id derives from it. */
    created: count,
    /** Stories of its next jobs. */
    queued: list(name)
  },
  { title: "the state of a workflow" }
)

const attempts = list(object({ operation: name, subject: text, count: ordinal }, { title: "a count of attempts" }))

const faults = object(
  {
    plan: planShape,
    /** Time when the plan was set. */
    since: time,
    /** Number of times each rule has taken effect. */
    fired: list(count),
    attempts,
    /** States of the rate limits that requests have reached, by the index of their rule. */
    buckets: list(object({ rule: count, level: count, at: time }, { title: "the state of a limit" }))
  },
  { title: "a fault plan and its state" }
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
    /** Time when the world began. */
    startedAt: time,
    now: time,
    /** Oldest first. */
    jobs: list(job),
    workflows: list(workflow),
    faults,
    journal: object(
      {
        /** Number of the last request. */
        seq: count,
        entries: list(entry),
        attempts,
        /** Absent when the journal has dropped some. */
        happenings: optional(list(happening))
      },
      { title: "a journal" }
    )
  },
  { title: "a saved world" }
)

/**
 * The saved state of a world, as plain JSON. Times are in milliseconds since 1970, on the world's clock.
 *
 * A request that was under way is in the journal without an end, and never gets one: its client is not restored.
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
    const printed = problems.map(({ message, path }) => ({ path: printPath(path), message }))
    super(["the snapshot cannot be used", ...printed.map(({ message, path }) => `${path}: ${message}`)].join("\n"))
    this.problems = printed
  }
}

/** The world that restores a snapshot. */
interface Target {
  readonly seed: string
  readonly fixtures: FixtureSet
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

const jobProblems = (snapshot: Snapshot, { fixtures }: Target): ReadonlyArray<Problem> => {
  const { jobs, workflows } = snapshot
  const stories = [...fixtures.jobs.keys()]
  const ids = [...fixtures.workflows.keys()]
  const story = (path: Path, word: string) => reference(path, word, "the name of a story", stories)
  const workflow = (path: Path, word: string) => reference(path, word, "the id of a workflow", ids)
  return [
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
