/**
 * Random schedules of creates that lose their answers. `SCHEDULES=2000` runs more of them, `SCHEDULE=17` runs one again.
 */
import { assert, describe, it } from "@effect/vitest"
import { JobId, ProjectId } from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("instant")
const other = ProjectId.make("project-basin-watch")
const Jobs = Schema.Struct({ jobs: Schema.Array(Schema.Struct({ id: JobId })) })

const lost = [Fault.loseAnswer("reset"), Fault.loseAnswer("hang"), Fault.cutBody(5, "reset"), Fault.body("malformed")]
const notMade = [Fault.answer(500), Fault.refuse("reset"), Fault.answer(429), Fault.answer(400)]

const raw = (method: "GET" | "POST") =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const query = method === "POST" ? `?project_id=${projectId}` : ""
    const headers = { authorization: `Bearer ${Redacted.value(token)}` }
    const url = `${baseUrl}/v0/workflows/${workflowId}/jobs${query}`
    return yield* Effect.promise(async () => (await fetch(url, { method, headers })).json())
  })

/** One schedule, under the seed that is its number: what was told, and what is there. */
const play = (seed: number) =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    const jobs = yield* JobsApi
    const chance = (share: number) => Effect.map(Random.next, (value) => value < share)
    const oneOf = <A>(items: ReadonlyArray<A>) =>
      Effect.map(Random.nextIntBetween(0, items.length), (index) => items[index] as A)

    const creates = yield* Random.nextIntBetween(1, 6)
    const late = yield* oneOf(["0s", "10s", "25s", "45s"])
    const onlyLost = yield* chance(0.5)
    const writers = (yield* chance(0.3)) ? 1 : 0
    const projects = (yield* chance(0.2)) ? [projectId, other] : [projectId]
    const interrupts = yield* chance(0.3)
    const faulty = yield* Effect.forEach(
      Array.from({ length: creates + 4 }, (_, at) => at + 1),
      (attempt) =>
        Effect.gen(function* () {
          const effect = yield* oneOf(onlyLost ? lost : [...lost, ...notMade])
          return (yield* chance(0.6)) ? [Fault.on("createJob", effect, { attempts: [attempt], optional: true })] : []
        })
    )
    const stale = late === "0s" ? [] : [Fault.on("listJobs", Fault.stale(late), { optional: true })]
    yield* mock.faults.use(Fault.plan(...faulty.flat(), ...stale))

    const orphans: Array<JobId> = []
    const fibers = yield* Effect.forEach(Array.from({ length: creates }), () =>
      Effect.gen(function* () {
        const start = yield* Random.nextIntBetween(0, 3_000)
        const cut = interrupts && (yield* chance(0.5)) ? yield* Random.nextIntBetween(0, 40_000) : undefined
        const project = yield* oneOf(projects)
        const onOrphan = ({ id }: { readonly id: JobId }) => Effect.sync(() => void orphans.push(id))
        const one = Effect.zipRight(
          Effect.sleep(start),
          jobs.create({ workflowId, projectId: project, onOrphan }).pipe(Effect.either)
        )
        const fiber = yield* Effect.fork(one)
        if (cut !== undefined) yield* Effect.fork(Effect.zipRight(Effect.sleep(cut), Fiber.interrupt(fiber)))
        return fiber
      })
    )
    for (let n = 0; n < writers; n++) {
      yield* Effect.sleep(yield* Random.nextIntBetween(0, 20_000))
      // Its answer may get lost as well.
      yield* Effect.fork(Effect.ignore(raw("POST").pipe(Effect.catchAllDefect(() => Effect.void))))
    }
    const exits = yield* Effect.forEach(fibers, Fiber.await)
    const told: Array<JobId> = [...orphans]
    const count = { told: 0, unknown: 0, refused: 0, interrupted: 0, orphans: orphans.length }
    for (const exit of exits) {
      if (exit._tag === "Failure") count.interrupted++
      else if (exit.value._tag === "Right") told.push(exit.value.right.id)
      else if (exit.value.left._tag === "CreateOutcomeUnknown") count.unknown++
      else count.refused++
    }
    count.told = told.length
    yield* mock.faults.use(Fault.plan())
    const made = (yield* Schema.decodeUnknown(Jobs)(yield* raw("GET"))).jobs.length
    // What the other writer made, known or not, is nobody's here.
    const ours = made - writers
    const clean = onlyLost && writers === 0 && projects.length === 1 && late !== "45s"
    const at = `schedule ${seed}: ${made} made, ${JSON.stringify(count)}`
    if (writers === 0) {
      assert.lengthOf(new Set(told), told.length, `no job is told to two, ${at}`)
      assert.isAtMost(ours, count.told + count.unknown + count.interrupted - orphans.length, at)
    }
    if (clean && !interrupts) assert.deepStrictEqual([count.unknown, count.told], [0, made], at)
    return count
  }).pipe(
    Effect.withRandom(Random.make(seed)),
    Effect.provide(world("inProcess", { conduct: { secondCreate: false } }))
  )

describe("creates under any schedule", () => {
  it.effect(
    "are paid once: what was made is told, or reported as unknown",
    () =>
      Effect.gen(function* () {
        const { SCHEDULE, SCHEDULES = "200" } = process.env
        const seeds =
          SCHEDULE === undefined ? Array.from({ length: Number(SCHEDULES) }, (_, at) => at + 1) : [Number(SCHEDULE)]
        const counts = yield* Effect.forEach(seeds, play)
        const sum = (name: keyof (typeof counts)[number]) => counts.reduce((total, it) => total + it[name], 0)
        const names = ["told", "orphans", "unknown", "refused", "interrupted"] as const
        console.log(names.map((name) => `${name} ${sum(name)}`).join(", "))
        if (SCHEDULE === undefined) for (const name of names) assert.isAbove(sum(name), 0, name)
      }),
    600_000
  )
})
