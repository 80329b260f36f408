/**
 * Compares a world over HTTP with a model of it, through random sequences of actions of a test and its client.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { longTransports } from "../../../vitest.size.js"
import { parseDuration } from "../../src/core/Duration.js"
import type { FixtureSet } from "../../src/core/Fixture.js"
import type { FaultEffect } from "../../src/core/faults/Plan.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"
import type { JobFixture } from "../../src/resources/jobs/fixture.js"
import { tick } from "../core/reference.js"
import { endingStories, stories } from "../core/stories.js"
import { Model, type ModelFault, type ModelJob, type ModelPackage, type Outcome } from "./model.js"
import { long, runs } from "./runs.js"

// --- fixtures ---

const workflows = ["wf-usual", "wf-other", "wf-storyless"]

/** Continues at a delivery, so that a wrong count of deliveries is detected. */
const shown: JobFixture = {
  kind: "job",
  source: "made up",
  workflow: "",
  tasks: [],
  phases: [{ status: "new", until: { polls: 2 } }, { status: "seen", until: { polls: 3 } }, { status: "done" }]
}
const drawn = [...fc.sample(endingStories, { numRuns: 20, seed: 7 }), ...fc.sample(stories, { numRuns: 20, seed: 7 })]
const samples = [shown, ...drawn]
const jobs = new Map(
  samples.map((story, index): [string, JobFixture] => [
    `story-${index}`,
    {
      ...story,
      workflow: workflows[index % workflows.length] ?? "",
      ...(index % 2 === 0 && { download: { pending: "3s", ttl: "20s" } })
    }
  ])
)
const fixtures: FixtureSet = {
  jobs,
  workflows: new Map(
    workflows.map((id, index) => [
      id,
      { kind: "workflow", source: "made up", id, ...(index < 2 && { story: `story-${index}` }) }
    ])
  ),
  errors: new Map(),
  faults: new Map(),
  scenarios: new Map()
}

/** Includes actions that a client should not take. */
const unjudged = { leftovers: false, conduct: false, capsules: false } as const

const effects: Readonly<Record<ModelFault["kind"], FaultEffect>> = {
  answer: Fault.answer(503),
  refuse: Fault.refuse("close"),
  lose: Fault.loseAnswer("reset"),
  late: Fault.latency("5s"),
  mislabel: Fault.contentType("text/plain")
}

// --- actions ---

type Real = MockServer.Service

interface Answer {
  readonly status: number
  readonly bytes: Buffer
}

interface Asked {
  readonly operation: string
  readonly subject: string
  readonly path: string
  readonly method?: string
  readonly role?: string
  readonly headers?: Record<string, string>
}

const advance = (real: Real, millis: number) => Effect.runPromise(real.advance(millis))

/** Sends a request to both. Both must agree on whether the client gets an answer, and on its status. */
const ask = async (model: Model, real: Real, asked: Asked, handle: () => Outcome): Promise<Answer | undefined> => {
  const { headers = {}, method = "GET", operation, path, role = "owner", subject } = asked
  const isPackage = path.startsWith("http")
  const token = isPackage ? {} : { authorization: Redacted.value(real.tokenOf(role)) }
  const answering = real
    .fetch(isPackage ? path : real.baseUrl + path, { method, headers: { ...token, ...headers } })
    .then(
      async (response): Promise<Answer> => ({
        status: response.status,
        bytes: Buffer.from(await response.arrayBuffer())
      }),
      () => undefined
    )
  if (model.isLate(operation, subject)) await advance(real, 5_000)
  const answer = await answering
  assert.strictEqual(answer?.status, model.take(operation, subject, handle)?.status)
  return answer
}

const jsonOf = ({ bytes }: Answer) => JSON.parse(bytes.toString())

/** Compares the body of a job with the model. */
// biome-ignore lint/suspicious/noExplicitAny: the body is read without a schema
const compare = (job: ModelJob, body: any, before: ReturnType<typeof viewOf>): void => {
  const seen = {
    status: body.status,
    progress: body.progress,
    tasks: body.tasks?.map(({ progress, status }: { progress: number; status: string }) => `${status} ${progress}`),
    hasEnded: body.finished_at !== ""
  }
  const { tasks, ...summary } = before
  assert.deepStrictEqual(seen, body.tasks === undefined ? { ...summary, tasks: undefined } : before)
  assert.strictEqual(Date.parse(body.created_at), Date.UTC(2025, 0, 1) + job.createdAt)
}

const viewOf = ({ played }: ModelJob) => ({
  status: played.status,
  progress: `${played.progress}%`,
  tasks: [...played.tasks],
  hasEnded: played.outcome !== "pending"
})

type Command = fc.AsyncCommand<Model, Real>

const command = (name: string, check: (model: Model) => boolean, run: Command["run"]): Command => ({
  check,
  run,
  toString: () => name
})

const pick = <A>(all: ReadonlyArray<A>, n: number): A | undefined => all[n % Math.max(1, all.length)]
/** Returns a job whose id the client knows. */
const known = (model: Model, n: number) =>
  pick(
    model.jobs.filter(({ id }) => id !== undefined),
    n
  )
const always = () => true
const jobPath = ({ id, workflow }: ModelJob) => `/v0/workflows/${workflow}/jobs/${id}`

const create = (workflow: string, role: string): Command =>
  command(`create in ${workflow} as ${role}`, always, async (model, real) => {
    let job: ModelJob | undefined
    const path = `/v0/workflows/${workflow}/jobs?project_id=p`
    const asked = { operation: "createJob", subject: workflow, path, method: "POST", role }
    const answer = await ask(model, real, asked, () => {
      job = role === "owner" ? model.create(workflow) : undefined
      return { status: role !== "owner" ? 403 : job === undefined ? 400 : 200 }
    })
    if (answer?.status !== 200 || job === undefined) return
    const body = jsonOf(answer)
    job.id = body.id
    job.taskIds = body.tasks.map(({ id }: { id: string }) => id)
    compare(job, body, viewOf(job))
  })

const poll = (n: number): Command =>
  command(
    `poll ${n}`,
    (model) => known(model, n) !== undefined,
    async (model, real) => {
      const job = known(model, n)!
      let before = viewOf(job)
      const asked = { operation: "getJobById", subject: job.id!, path: jobPath(job) }
      const answer = await ask(model, real, asked, () => {
        before = viewOf(job)
        return { status: 200, shows: [job] }
      })
      if (answer?.status !== 200) return
      const body = jsonOf(answer)
      job.taskIds = body.tasks.map(({ id }: { id: string }) => id)
      compare(job, body, before)
    }
  )

const pollElsewhere = (n: number): Command =>
  command(
    `poll ${n} in another workflow`,
    (model) => known(model, n) !== undefined,
    async (model, real) => {
      const job = known(model, n)!
      const workflow = workflows.find((other) => other !== job.workflow)!
      const asked = { operation: "getJobById", subject: job.id!, path: jobPath({ ...job, workflow }) }
      await ask(model, real, asked, () => ({ status: 404 }))
    }
  )

const list = (workflow: string, filter: number | undefined): Command =>
  command(
    `list ${workflow}${filter === undefined ? "" : ` by the status of ${filter}`}`,
    always,
    async (model, real) => {
      const status = filter === undefined ? undefined : pick(model.jobs, filter)?.played.status
      const path = `/v0/workflows/${workflow}/jobs${status === undefined ? "" : `?status=${status}`}`
      let shows: ReadonlyArray<ModelJob> = []
      let before: ReadonlyArray<ReturnType<typeof viewOf>> = []
      const answer = await ask(model, real, { operation: "listJobs", subject: workflow, path }, () => {
        shows = model.jobs.filter(
          (job) => job.workflow === workflow && (status === undefined || job.played.status === status)
        )
        before = shows.map(viewOf)
        return { status: 200, shows }
      })
      if (answer?.status !== 200) return
      const bodies: ReadonlyArray<{ id: string }> = jsonOf(answer).jobs
      assert.lengthOf(bodies, shows.length)
      for (const [index, job] of shows.entries()) {
        job.id ??= bodies[index]?.id // for a create whose answer was lost
        assert.strictEqual(bodies[index]?.id, job.id)
        compare(job, bodies[index], before[index]!)
      }
    }
  )

const queue = (story: string): Command =>
  command(`queue ${story}`, always, async (model, real) => {
    model.enqueue(story)
    await Effect.runPromise(real.enqueue(story))
  })

const goOn = (millis: number): Command =>
  command(`advance ${millis}`, always, async (model, real) => {
    model.advance(millis)
    await advance(real, millis)
  })

const signal = (n: number, name: string): Command =>
  command(
    `signal ${name} to ${n}`,
    (model) => known(model, n) !== undefined,
    async (model, real) => {
      const job = known(model, n)!
      const exit = await Effect.runPromiseExit(real.signal(job.id!, name))
      // the world refuses a signal that the job never waits for
      assert.strictEqual(Exit.isSuccess(exit), JSON.stringify(job.story.phases ?? []).includes(`"signal":"${name}"`))
      if (Exit.isSuccess(exit)) job.played.signalled(name)
    }
  )

const download = (n: number, task: number | undefined): Command =>
  command(
    `download ${n}${task === undefined ? "" : `, task ${task}`}`,
    (model) => known(model, n) !== undefined,
    async (model, real) => {
      const job = known(model, n)!
      const index = task === undefined ? -1 : task % Math.max(1, job.taskIds.length)
      const taskId = task === undefined ? undefined : (job.taskIds[index] ?? "no-task")
      const asset = `${job.id} ${taskId}`
      let isReady = false
      const path = `${jobPath(job)}${taskId === undefined ? "" : `/tasks/${taskId}`}/download`
      const operation = taskId === undefined ? "downloadJob" : "downloadTask"
      const answer = await ask(model, real, { operation, subject: taskId ?? job.id!, path, method: "PUT" }, () => {
        if (taskId === "no-task") return { status: 404 }
        const { outcome, tasks } = job.played
        const isDone = taskId === undefined ? outcome === "succeeded" : tasks[index]?.startsWith("completed")
        if (!isDone) return { status: 400 }
        isReady = model.isReady(asset, job)
        return { status: 200 }
      })
      if (answer?.status !== 200) return
      const { signed_url: url, status } = jsonOf(answer)
      assert.strictEqual(status, isReady ? "ready" : "pending")
      const expires = model.now + parseDuration(job.story.download?.ttl ?? "15m")
      if (isReady) model.packages.push({ url, asset, expires })
    }
  )

/** Bytes of each package, which never change. */
const contents = new WeakMap<Model, Map<string, Buffer>>()

const fetchPackage = (n: number, range: boolean): Command =>
  command(
    `fetch ${range ? "a part of " : ""}package ${n}`,
    (model) => model.packages.length > 0,
    async (model, real) => {
      const { asset, expires, url }: ModelPackage = pick([...model.packages].reverse(), n)! // the latest one first
      const subject = asset.endsWith(" undefined") ? asset.split(" ")[0]! : asset.split(" ")[1]!
      const headers = range ? { range: "bytes=2-9" } : {}
      const answer = await ask(model, real, { operation: "getPackage", subject, path: url, headers }, () => ({
        status: model.now >= expires ? 403 : range ? 206 : 200
      }))
      const known = contents.get(model) ?? new Map<string, Buffer>()
      contents.set(model, known)
      const whole = known.get(asset)
      if (answer?.status === 206) {
        assert.lengthOf(answer.bytes, 8)
        if (whole !== undefined) assert.deepStrictEqual(answer.bytes, whole.subarray(2, 10))
      }
      if (answer?.status !== 200) return
      assert.strictEqual(answer.bytes.subarray(0, 4).toString("latin1"), "PK\u0003\u0004")
      if (whole !== undefined) assert.deepStrictEqual(answer.bytes, whole)
      known.set(asset, answer.bytes)
    }
  )

const fault = (fault: ModelFault): Command =>
  command(`have ${fault.operation} ${fault.kind}`, always, async (model, real) => {
    model.use(fault)
    const on = fault.operation as "createJob" // one of the operations below
    await Effect.runPromise(
      real.faults.use(Fault.plan(Fault.on(on, effects[fault.kind], { attempts: [1], optional: true })))
    )
  })

/** Commands that are only effective together. */
const inTurn = (...commands: ReadonlyArray<Command>): Command =>
  command(
    commands.map(String).join(", "),
    (model) => commands[0]?.check(model) === true,
    async (model, real) => {
      for (const command of commands) if (command.check(model)) await command.run(model, real)
    }
  )

const place = fc.nat(6)
const maybe = <A>(all: fc.Arbitrary<A>) => fc.option(all, { nil: undefined })
const commands = fc.commands(
  [
    fc
      .tuple(fc.constantFrom(...workflows), fc.constantFrom("owner", "owner", "owner", "viewer"))
      .map((it) => create(...it)),
    fc.constantFrom(...jobs.keys()).map(queue),
    place.map(poll),
    place.map(poll),
    place.map(pollElsewhere),
    fc.tuple(fc.constantFrom(...workflows), maybe(place)).map((it) => list(...it)),
    fc.integer({ min: 0, max: 200 }).map((ticks) => goOn(ticks * tick)),
    fc.integer({ min: 0, max: 20 }).map((ticks) => goOn(ticks * tick)),
    fc.tuple(place, fc.constantFrom("go", "stop")).map((it) => signal(...it)),
    fc.tuple(place, maybe(place)).map((it) => download(...it)),
    fc
      .tuple(place, maybe(place))
      .map(([n, task]) => inTurn(download(n, task), goOn(10_000), download(n, task), fetchPackage(0, false))),
    // the last valid moment of a URL, and the next one
    place.map((n) =>
      inTurn(
        download(n, undefined),
        goOn(10_000),
        download(n, undefined),
        goOn(19_500),
        fetchPackage(0, true),
        goOn(tick),
        fetchPackage(0, true)
      )
    ),
    // an unreadable answer is not a delivery
    fc
      .tuple(place, fc.constantFrom("mislabel" as const, "lose" as const))
      .map(([n, kind]) => inTurn(fault({ operation: "getJobById", kind }), poll(n), poll(n), poll(n))),
    fc.tuple(place, fc.boolean()).map((it) => fetchPackage(...it)),
    fc
      .record({
        operation: fc.constantFrom("createJob", "getJobById", "listJobs", "downloadJob", "downloadTask", "getPackage"),
        kind: fc.constantFrom(
          "answer" as const,
          "refuse" as const,
          "lose" as const,
          "late" as const,
          "mislabel" as const
        )
      })
      .map(fault)
  ],
  { size: "max", maxCommands: 60 }
)

const label = (fault: string | undefined) =>
  ({ answer: "answer", cut: "cut", contentType: "mislabel", latency: "late" })[fault?.split(" ")[1] ?? ""] ?? "right"

for (const transport of longTransports) {
  describe(`a world, ${transport},`, () => {
    it("behaves like its model under any actions", long, () =>
      fc.assert(
        fc.asyncProperty(commands, (commands) =>
          Effect.gen(function* () {
            const real = yield* MockServer
            const model = new Model(fixtures)
            yield* Effect.promise(() => fc.asyncModelRun(() => ({ model, real }), commands))
            const start = Date.UTC(2025, 0, 1)
            const written = (yield* real.requests).map(({ fault, operation, status, subject, time }) =>
              [time - start, operation, subject, status ?? "nothing", label(fault)].join(" ")
            )
            const expected = model.journal.map((line) => line.replace(/refuse$|lose$/, "cut"))
            assert.deepStrictEqual(written, expected)
          }).pipe(
            Effect.provide(MockServer.layer({ transport, clock: "manual", fixtures, ...unjudged })),
            Effect.runPromise
          )
        ),
        runs("FUZZ_MODELS", 50, 2_000)
      )
    )
  })
}
