import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { type HttpError, PixxelConflict, PixxelForbidden, PixxelServerError } from "../src/index.js"
import * as unique from "../src/internal/unique.js"

interface Store {
  readonly id: string
  readonly bucket: string
}

const call = { operation: "CreateStore", method: "POST", route: "/v0/stores", attempts: [], message: "" }
const lost = new PixxelServerError({ ...call, status: 502 })
const taken = new PixxelConflict({ ...call, status: 409 })
const refused = new PixxelForbidden({ ...call, status: 403 })
const ours: Store = { id: "new", bucket: "ours" }
const other: Store = { id: "other", bucket: "other" }

/** The answer to a send, and the stores of the server from then on. */
type Send = readonly [outcome: Store | HttpError, has?: ReadonlyArray<Store>]

const run = (before: ReadonlyArray<Store>, sends: ReadonlyArray<Send>, failingLook?: HttpError) =>
  Effect.gen(function* () {
    let things = before
    let looks = 0
    let sent = 0
    const creating = unique.create({
      send: Effect.suspend(() => {
        const [outcome, has] = sends[sent++]!
        things = has ?? things
        return "_tag" in outcome ? Effect.fail(outcome) : Effect.succeed(outcome)
      }),
      find: Effect.suspend(() =>
        looks++ > 0 && failingLook !== undefined ? Effect.fail(failingLook) : Effect.succeed(things)
      ),
      equals: ({ bucket }) => bucket === "ours",
      grace: Duration.seconds(10),
      maxAttempts: 3,
      unknown: () => "unknown" as const
    })
    const fiber = yield* Effect.fork(Effect.either(creating))
    yield* TestClock.adjust("1 minute")
    const result = yield* Fiber.join(fiber)
    return { sent, result: Either.merge(result) }
  })

const rows: ReadonlyArray<
  readonly [name: string, before: ReadonlyArray<Store>, sends: ReadonlyArray<Send>, result: unknown, sent: number]
> = [
  ["its answer", [], [[ours]], ours, 1],
  ["a certain refusal", [], [[refused]], refused, 1],
  ["a name that exists", [{ id: "old", bucket: "ours" }], [[taken]], taken, 1],
  [
    "the equal new thing after a 409 of the first send, which a proxy may have sent twice",
    [],
    [[taken, [ours]]],
    ours,
    1
  ],
  ["a name that exists since the look, with other content", [], [[taken, [other]]], taken, 1],
  ["the equal thing after a lost answer", [other], [[lost, [other, ours]]], ours, 1],
  ["an unknown outcome if two things are equal", [], [[lost, [ours, { ...ours, id: "another" }]]], "unknown", 1],
  ["a repeat if nothing appears", [], [[lost], [ours]], ours, 2],
  ["the equal thing after the 409 of a repeat", [], [[lost], [taken, [ours]]], ours, 2],
  ["no equal thing from before", [{ id: "old", bucket: "ours" }], [[lost], [taken]], taken, 2],
  [
    "no new thing of other content",
    [],
    [
      [lost, [other]],
      [taken, [other]]
    ],
    taken,
    2
  ],
  ["an unknown outcome after the last attempt", [], [[lost], [lost], [lost]], "unknown", 3]
]

describe("a create of a unique name", () => {
  for (const [name, before, sends, result, sent] of rows) {
    it.effect(`gives ${name}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* run(before, sends), { sent, result: result as Store })
      })
    )
  }

  it.effect("has an unknown outcome if the look fails", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run([], [[lost]], refused), { sent: 1, result: "unknown" as const })
    })
  )

  it.effect("is refused if the look after a 409 of the first send fails", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run([], [[taken]], refused), { sent: 1, result: taken })
    })
  )

  it.effect("is not sent if the first look fails", () =>
    Effect.gen(function* () {
      const failing = unique.create({
        send: Effect.dieMessage("sent"),
        find: Effect.fail(refused),
        equals: () => true,
        grace: Duration.zero,
        maxAttempts: 1,
        unknown: (_, failure) => Option.isSome(failure)
      })
      assert.strictEqual(yield* Effect.flip(failing), refused)
    })
  )
})
