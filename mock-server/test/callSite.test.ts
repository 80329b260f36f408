/** A failed call to the world points to the calling line of the test. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fault from "../src/Fault.js"
import { MockServer, VerificationFailed } from "../src/MockServer.js"

const world = Effect.provide(MockServer.layer({ conduct: false, leftovers: false, capsules: false }))

/** The first frame that a test runner shows. */
const firstFrame = (stack: string | undefined): string =>
  stack?.split("\n").find((line) => line.startsWith("    at ")) ?? "no frame"

const calls: ReadonlyArray<
  readonly [what: string, call: (mock: MockServer.Service) => Effect.Effect<unknown, unknown>]
> = [
  ["a verification", (mock) => madeByTheTest(() => mock.verify({ operation: "createJob", times: 1 }))],
  ["a story that does not exist", (mock) => madeByTheTest(() => mock.enqueue("no-such-story"))],
  ["a signal to no job", (mock) => madeByTheTest(() => mock.signal("no-such-job", "go"))],
  ["an unknown fault plan", (mock) => madeByTheTest(() => mock.faults.use("flakey"))],
  ["a fault plan that cannot be followed", (mock) => madeByTheTest(() => mock.faults.use(Fault.plan(broken)))],
  [
    "a snapshot of another seed",
    (mock) => Effect.flatMap(mock.save, (saved) => madeByTheTest(() => mock.restore({ ...saved, seed: "other" })))
  ]
]

const broken = Fault.on("ping", Fault.limit(1, "0s"))

/** Its frame has this name. */
function madeByTheTest<A, E>(call: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
  const effect = call()
  return effect
}

describe("a failure of", () => {
  it.effect.each(calls)("%s shows the line that asked for it", ([, call]) =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      const exit = yield* Effect.exit(call(mock))
      const cause = Exit.isFailure(exit) ? exit.cause : Cause.empty
      const [shown] = Cause.prettyErrors(cause)
      const error = Cause.squash(cause)
      assert.instanceOf(error, Error)
      for (const { stack } of [shown ?? new Error(), error]) {
        assert.include(firstFrame(stack), "callSite.test.ts")
        assert.include(stack?.split("\n").slice(0, 8).join("\n") ?? "", "madeByTheTest")
      }
    }).pipe(world)
  )

  it.effect("a verification shows it however it was made", () =>
    Effect.gen(function* () {
      const piped = yield* MockServer.pipe(
        Effect.flatMap(({ verify }) => verify({ operation: "ping" })),
        Effect.flip
      )
      const { verify } = yield* MockServer
      const once = verify({ operation: "ping" })
      const later = yield* Effect.flip(Effect.delay(once, "1 minute"))
      const caught = yield* Effect.flip(once)
      for (const error of [piped, later, caught]) {
        assert.instanceOf(error, VerificationFailed)
        assert.strictEqual(error.stack?.split("\n")[0], `VerificationFailed: ${error.message}`)
        assert.include(firstFrame(error.stack), "callSite.test.ts")
      }
    }).pipe(world)
  )
})
