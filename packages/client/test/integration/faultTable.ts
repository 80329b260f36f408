/**
 * The fault table: every operation of the client against every fault of each of its requests. The fault applies to
 * every send of the request.
 */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { NodeHashing } from "@effect-pixxel/client-node"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { isLong, sample } from "../../../../vitest.size.js"
import { endpoints } from "../endpoints.js"
import { folder } from "./downloads.js"
import { complaintsAbout } from "./faultCell.js"
import { operations } from "./faultOperations.js"
import { faults } from "./faultRows.js"
import { placesOf, socketPlaces, type Transport } from "./faultTransports.js"

const node = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeHashing.layer)

const rows = Object.entries(operations).flatMap(([name, variants]) =>
  variants.flatMap((operation) =>
    operation.on.map(([step, expect]) => ({
      operation,
      step,
      expect,
      what: `${name} ${operation.how}`.trim()
    }))
  )
)

/** `npm test` plays one of this many faults in a row, other ones in each row: no row is left out. */
const stride = 120

/** `npm test` plays the rows in process, and each over one of the sockets, in turn. */
const isPlayed = (transport: Transport, row: number) =>
  isLong || transport === "in process" || (row % 2 === 0) === (transport === "fetch")

/**
 * All rows in process. Over sockets, the bodies of a status alternate between operations, unless all are requested
 * (`npm run test:faults`): the same code reads a body on every transport, and this saves a minute.
 */
const faultsOf = (transport: Transport, row: number) =>
  sample(
    faults.filter(
      ({ turn }) =>
        transport === "in process" || process.env["FAULTS"] === "all" || turn === undefined || turn === row % 4
    ),
    stride,
    row
  )

/** The tests of one transport. Each transport has a separate file, so that they run in parallel. */
export const testTable = (transport: Transport): void => {
  describe(`every operation under every fault, ${transport}`, () => {
    const scope = Effect.runSync(Scope.make())
    const around = Effect.all({ sockets: socketPlaces, folder }).pipe(Effect.provide(NodeFileSystem.layer))
    let all: Effect.Effect.Success<typeof around>
    beforeAll(async () => {
      all = await Effect.runPromise(Scope.extend(around, scope))
    })
    afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

    it("covers every request of the client", () => {
      const steps = new Set<string>(rows.map(({ step }) => step))
      assert.deepStrictEqual(
        endpoints.map(({ operation }) => operation).filter((operation) => !steps.has(operation)),
        []
      )
    })

    const unhandled: Array<string> = []
    const note = (error: unknown) => void unhandled.push(String(error))
    const events = ["unhandledRejection", "uncaughtException"] as const
    beforeAll(() => {
      for (const event of events) process.on(event, note)
    })
    afterAll(() => {
      for (const event of events) process.off(event, note)
    })

    for (const [row, { expect, operation, step, what }] of rows.entries()) {
      if (!isPlayed(transport, row)) continue
      it.live(`${what} ends as expected after a fault in ${step}`, () =>
        Effect.gen(function* () {
          const { folder, sockets } = all
          const cell = { transport, places: placesOf(transport, sockets), folder, operation, step }
          const complaints = yield* Effect.forEach(
            faultsOf(transport, row),
            (fault) => complaintsAbout({ ...cell, fault, expected: expect(fault, transport) }),
            { concurrency: 16 }
          ).pipe(Effect.provide(node))
          // Unhandled rejections are reported after the microtasks of their turn.
          yield* Effect.promise(() => new Promise(setImmediate))
          assert.strictEqual([...complaints.flat(), ...unhandled.splice(0)].join("\n"), "")
        })
      )
    }
  })
}
