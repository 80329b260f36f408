/** The assignment of jobs to creates without an answer, over its whole range, and the memory behind it. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { size } from "../../../vitest.size.js"
import { CreateIntent, JobId, JobSummary, JobTarget, ProjectId, WorkflowId } from "../src/index.js"
import * as adopt from "../src/internal/adopt.js"
import * as Memory from "../src/internal/createMemory.js"
import * as Intent from "../src/internal/intent.js"

type Evidence = adopt.Evidence<JobSummary>
type Listing = adopt.Listing<JobSummary>

const kind: adopt.Kind<JobSummary> = { words: { noun: "job", nouns: "jobs", payer: "project" } }
const assign = (evidence: Evidence) => adopt.assign(evidence, kind)

const targetOf = (project = "p") =>
  JobTarget.make({ workflowId: WorkflowId.make("wf-1"), projectId: ProjectId.make(project) })
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
/** The origin of the server's clock. */
const start = Date.parse("2026-01-01T00:00:00Z")

const instant = (millis: number) => Option.some(DateTime.unsafeMake(start + millis))
const jobOf = (id: string, createdAt: number | undefined, createdBy?: string) =>
  new JobSummary({
    id: JobId.make(id),
    createdAt: createdAt === undefined ? Option.none() : instant(createdAt),
    createdBy: Option.fromNullable(createdBy)
  })

interface Sent {
  readonly sentAt?: number | undefined
  readonly project?: string
  readonly timeout?: number
  readonly grace?: number
  readonly before?: ReadonlyArray<string>
  readonly unreadable?: number
}
const intentOf = (id: string, sent: Sent = {}) =>
  new CreateIntent({
    id,
    target: targetOf(sent.project),
    sentAt: sent.sentAt === undefined ? Option.none() : instant(sent.sentAt),
    timeout: Duration.millis(sent.timeout ?? 3 * minute),
    grace: Duration.millis(sent.grace ?? 30 * second),
    before: Option.some({
      ids: sent.before ?? [],
      unreadable: sent.unreadable ?? 0,
      newest: Option.none()
    })
  })

const listingOf = (jobs: ReadonlyArray<JobSummary>, unreadable = 0): Listing => ({
  items: jobs,
  unreadable,
  date: Option.some(start + hour),
  at: hour
})

const evidenceOf = (
  intents: ReadonlyArray<CreateIntent>,
  jobs: ReadonlyArray<JobSummary>,
  rest: Partial<Evidence> = {}
): Evidence => ({
  intents,
  rivals: [],
  listings: [listingOf(jobs)],
  known: new Set(),
  creators: new Set(),
  ...rest
})

/** The assigned id of each intent, or the ids of its candidates. */
const shown = (evidence: Evidence) =>
  assign(evidence).map(
    Either.match({
      onLeft: ({ candidates }) => candidates.map(({ id }) => String(id)),
      onRight: ({ id }) => String(id)
    })
  )

describe("the window of a create", () => {
  const edges: ReadonlyArray<readonly [string, number, boolean]> = [
    ["two seconds before it was sent", 98_000, false],
    ["in the second before", 99_000, true],
    ["when it was sent", 100_000, true],
    ["at the end of the grace period", 100_000 + 3 * minute + 30 * second, true],
    ["a second later", 101_000 + 3 * minute + 30 * second, false],
    ["19 minutes before", 100_000 - 19 * minute, false]
  ]
  it.each(edges)("decides about a job of %s", (_name, createdAt, isIn) => {
    const evidence = evidenceOf([intentOf("a", { sentAt: 100_000 })], [jobOf("job", createdAt)])
    assert.deepStrictEqual(shown(evidence), isIn ? ["job"] : [[]])
  })

  it("starts at the newest job of the list before without a date, and then assigns nothing", () => {
    const baseline = listingOf([jobOf("old", 5_000), jobOf("new", 9_000), jobOf("unread", undefined)])
    const intent = Intent.make({
      key: undefined,
      target: targetOf(),
      isMarked: false,
      timeout: Duration.minutes(3),
      grace: Duration.seconds(30),
      baseline: Option.some({ ...baseline, date: Option.none() }),
      now: hour,
      wall: 0
    })
    assert.deepStrictEqual(Option.getOrThrow(intent.before).ids, ["new", "unread"])
    const evidence = evidenceOf([intent], [...baseline.items, jobOf("between", 7_000), jobOf("made", 9_500)])
    assert.deepStrictEqual(shown(evidence), [["made"]])
  })

  it("is dated by the list before and the monotonic time since, and keeps only jobs that can fall into it", () => {
    const jobs = Array.from({ length: 1_000 }, (_, index) => jobOf(`job-${index}`, index * second))
    const intent = Intent.make({
      key: "west",
      target: targetOf(),
      isMarked: false,
      timeout: Duration.minutes(3),
      grace: Duration.seconds(30),
      baseline: Option.some({ items: jobs, unreadable: 2, date: Option.some(start + 900 * second), at: 50 }),
      now: 50 + 7_300,
      wall: 0
    })
    assert.deepStrictEqual(intent.sentAt, instant(907_300))
    const kept = Option.getOrThrow(intent.before)
    assert.strictEqual(kept.unreadable, 2)
    assert.deepStrictEqual(
      kept.ids,
      jobs.slice(906).map(({ id }) => String(id))
    )
    const json = JSON.stringify(Schema.encodeSync(CreateIntent)(intent))
    assert.deepStrictEqual(Schema.decodeSync(Schema.parseJson(CreateIntent))(json), intent)
  })

  it("has an id independent of seeds", () => {
    const ids = Array.from(
      { length: 1_000 },
      () =>
        Intent.make({
          key: undefined,
          target: targetOf(),
          isMarked: false,
          timeout: Duration.minutes(3),
          grace: Duration.seconds(30),
          baseline: Option.none(),
          now: 0,
          wall: 0
        }).id
    )
    assert.lengthOf(new Set(ids), 1_000)
  })
})

describe("jobs are assigned", () => {
  const a = intentOf("a", { sentAt: 100_000 })
  const b = intentOf("b", { sentAt: 110_000 })
  const rows: ReadonlyArray<readonly [string, Evidence, ReadonlyArray<string | ReadonlyArray<string>>]> = [
    [
      "to creates with disjoint windows",
      evidenceOf([a, intentOf("late", { sentAt: hour })], [jobOf("1", 100_000)]),
      ["1", []]
    ],
    ["in the order that the windows leave", evidenceOf([b, a], [jobOf("1", 100_000), jobOf("2", 111_000)]), ["2", "1"]],
    ["to no create if a job is missing", evidenceOf([a, b], [jobOf("1", 111_000)]), [["1"], ["1"]]],
    ["to the only create that can have made it", evidenceOf([a, b], [jobOf("1", 100_000)]), ["1", []]],
    [
      "to no create if an earlier unknown outcome may be that job",
      evidenceOf([b], [jobOf("1", 145_000)], { rivals: [a] }),
      [["1"]]
    ],
    [
      "to no create if the earlier create is for another project",
      evidenceOf([b], [jobOf("1", 145_000)], { rivals: [intentOf("a", { sentAt: 100_000, project: "q" })] }),
      [["1"]]
    ],
    [
      "to no create if the other create may have made either job",
      evidenceOf([b], [jobOf("1", 145_000), jobOf("2", 146_000)], { rivals: [a] }),
      [["1", "2"]]
    ],
    [
      "if only one job fits the other create",
      evidenceOf([b], [jobOf("1", 100_000), jobOf("2", 146_000)], { rivals: [a] }),
      ["2"]
    ],
    ["to no create if a time is unreadable", evidenceOf([a], [jobOf("1", undefined)]), [["1"]]],
    [
      "to no create if an item is unreadable",
      evidenceOf([a], [], { listings: [listingOf([jobOf("1", 100_000)], 1)] }),
      [["1"]]
    ],
    [
      "to no create if the job belongs to another user",
      evidenceOf([a], [jobOf("1", 100_000, "x")], { creators: new Set(["me"]) }),
      [["1"]]
    ],
    [
      "without the known jobs",
      evidenceOf([a], [jobOf("1", 100_000), jobOf("2", 101_000)], { known: new Set(["1"]) }),
      ["2"]
    ]
  ]
  it.each(rows)("%s", (_name, evidence, expected) => {
    assert.deepStrictEqual(shown(evidence), expected)
  })

  // --- properties ---

  const time = fc.integer({ min: 0, max: 24 }).map((n) => n * second)
  const sent = fc.record({
    sentAt: fc.oneof({ weight: 8, arbitrary: time }, { weight: 1, arbitrary: fc.constant(undefined) }),
    project: fc.oneof({ weight: 8, arbitrary: fc.constant("p") }, { weight: 1, arbitrary: fc.constant("q") }),
    timeout: fc.integer({ min: 0, max: 6 }).map((n) => n * second),
    grace: fc.constant(second),
    before: fc.subarray(["0", "1", "2", "3"], { maxLength: 1 })
  })
  const world = fc.record({
    intents: fc.array(sent, { minLength: 1, maxLength: 3 }),
    rivals: fc.array(sent, { maxLength: 2 }),
    jobs: fc.array(fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: fc.constant(undefined) }), {
      maxLength: 4
    }),
    known: fc.subarray(["0", "1"], { maxLength: 1 })
  })

  /** All assignments of fitting jobs to the records, each job once. */
  const matchings = (
    records: ReadonlyArray<CreateIntent>,
    jobs: ReadonlyArray<JobSummary>
  ): ReadonlyArray<ReadonlyArray<JobSummary>> => {
    const [first, ...rest] = records
    if (first === undefined) return [[]]
    return jobs.filter(Intent.matcher(first)).flatMap((job) =>
      matchings(
        rest,
        jobs.filter((it) => it !== job)
      ).map((others) => [job, ...others])
    )
  }

  it("only if every explanation of the new jobs assigns the same jobs to these creates", () => {
    const numRuns = size(200, 3_000)
    let given = 0
    fc.assert(
      fc.property(world, (drawn) => {
        const intents = drawn.intents.map((it, index) => intentOf(`i${index}`, it))
        const rivals = drawn.rivals.map((it, index) => intentOf(`r${index}`, it))
        const jobs = drawn.jobs.map((createdAt, index) => jobOf(String(index), createdAt))
        const known: ReadonlySet<string> = new Set(drawn.known)
        const assignments = assign(evidenceOf(intents, jobs, { rivals, known }))
        assert.lengthOf(assignments, intents.length)
        const held = assignments.flatMap((assignment) => (Either.isRight(assignment) ? [assignment.right.id] : []))
        given += held.length
        assert.lengthOf(new Set(held), held.length, "no job is assigned twice")
        for (const [index, assignment] of assignments.entries()) {
          const intent = intents[index]
          assert(intent !== undefined)
          const fitting = jobs.filter((job) => !known.has(job.id) && Intent.matcher(intent)(job))
          if (Either.isLeft(assignment)) {
            assert.deepStrictEqual(assignment.left.candidates, fitting, "exactly the fitting jobs are candidates")
            continue
          }
          const job = assignment.right
          assert.include(fitting, job)
          assert.isTrue(Intent.isCertainlyOf(intent, job))
          // A rival that fits this job must take another one in every explanation.
          for (const rival of rivals) {
            if (!Intent.matcher(rival)(job)) continue
            assert.deepStrictEqual(rival.target, intent.target)
            const others = matchings(
              [...intents, ...rivals].filter((it) => it !== rival),
              jobs.filter((it) => it !== job && !known.has(it.id))
            )
            assert.lengthOf(others, 0, "another explanation assigns it to a rival")
          }
          for (const other of intents) {
            if (Intent.matcher(other)(job)) assert.deepStrictEqual(other.target, intent.target)
          }
        }
      }),
      { numRuns }
    )
    assert.isAbove(given, numRuns / 15)
  })
})

describe("items with marks are assigned", () => {
  interface Marked extends JobSummary {
    readonly mark: string | undefined
  }
  const marked = (id: string, mark: string | undefined, createdAt?: number): Marked =>
    Object.assign(jobOf(id, createdAt, "anyone"), { mark })
  const withMark = (id: string) => new CreateIntent({ ...intentOf(id, { sentAt: hour }), mark: Option.some(id) })
  const assignMarked = (ids: ReadonlyArray<string>, lists: ReadonlyArray<ReadonlyArray<Marked>>) =>
    adopt.assign(
      {
        intents: ids.map(withMark),
        rivals: [withMark("rival")],
        listings: lists.map((items) => ({ items, unreadable: 3, date: Option.none(), at: 0 })),
        known: new Set(["0"]),
        creators: new Set(["me"])
      },
      { ...kind, mark: ({ mark }) => Option.fromNullable(mark) }
    )

  it("by the mark alone, without regard to times, creators and other items", () => {
    const lists = [
      [marked("0", "a", 0), marked("1", undefined, hour)],
      [marked("2", "rival"), marked("3", "x")]
    ]
    const [a, b] = assignMarked(["a", "b"], lists)
    assert.strictEqual(a !== undefined && Either.isRight(a) ? String(a.right.id) : undefined, "0")
    assert.deepStrictEqual(b, Either.left({ why: "No listed job carries the mark of this create.", candidates: [] }))
  })

  const mark = fc.constantFrom("a", "b", "c", undefined)
  it.prop(
    "exactly to their creates, unless the server handled a request twice",
    [fc.array(fc.array(fc.tuple(fc.nat(6), mark), { maxLength: 6 }), { minLength: 1, maxLength: 3 })],
    ([drawn]) => {
      // An item keeps its mark.
      const marks = new Map(drawn.flat())
      const lists = drawn.map((items) => items.map(([id]) => marked(String(id), marks.get(id))))
      const assignments = assignMarked(["a", "b"], lists)
      for (const [index, of] of ["a", "b"].entries()) {
        const own = [...marks].flatMap(([id, it]) => (it === of ? [String(id)] : []))
        const assignment = assignments[index] ?? assert.fail("no assignment")
        if (Either.isRight(assignment)) assert.deepStrictEqual([String(assignment.right.id)], own)
        else {
          assert.notStrictEqual(own.length, 1)
          assert.sameMembers(
            assignment.left.candidates.map(({ id }) => String(id)),
            own
          )
        }
      }
    }
  )
})

describe("the memory of a client", () => {
  const pendingOf = (id: string, sentAt: number): Memory.Pending => ({
    intent: intentOf(id),
    sentAt: Option.some(sentAt)
  })

  it("keeps an unknown outcome until an hour after its window", () => {
    const memory = Memory.make()
    Memory.remember(memory, pendingOf("a", 0), 31 * second)
    const end = 3 * minute + 30 * second + hour
    Memory.prune(memory, end)
    assert.lengthOf(Memory.rivalsOf(memory, [], []), 1)
    Memory.prune(memory, end + 1)
    assert.lengthOf(Memory.rivalsOf(memory, [], []), 0)
  })

  it("does not grow over weeks of answered creates, with or without a list before", () => {
    const memory = Memory.make()
    let most = 0
    for (let now = 0; now < 21 * 24 * hour; now += 20 * second) {
      const { intent, sentAt } = pendingOf(`create-${now}`, now)
      memory.open.set(intent.id, { intent, sentAt })
      Memory.settle(memory, intent)
      Memory.know(memory, JobId.make(`job-${now}`), now)
      if (now % minute === 0) Memory.prune(memory, now)
      most = Math.max(most, memory.known.size)
    }
    assert.isAtMost(most, 200)
    Memory.prune(memory, 22 * 24 * hour)
    assert.isTrue(Memory.isEmpty(memory))
  })

  it("keeps a reported job while the outcome of an older create is open", () => {
    const memory = Memory.make()
    Memory.remember(memory, pendingOf("a", 0), 0)
    Memory.know(memory, JobId.make("job"), minute)
    Memory.prune(memory, hour + 2 * minute)
    assert.isTrue(memory.known.has(JobId.make("job")))
  })

  it("dates a create without a date by a later list", () => {
    const memory = Memory.make()
    Memory.remember(memory, pendingOf("a", 10 * second), 10 * second)
    const [rival] = Memory.rivalsOf(
      memory,
      [],
      [{ items: [], unreadable: 0, date: Option.some(start + hour), at: 70 * second }]
    )
    assert.deepStrictEqual(rival?.sentAt, instant(hour - minute))
  })
})
