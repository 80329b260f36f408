/**
 * Deliveries under the fault schedules of jobs, against a server that copies files for each request that it handles.
 * `SCHEDULE=17` replays a schedule.
 */
import { assert, describe } from "@effect/vitest"
import { CatalogApi, CatalogId, type DeliverError, OrderItemId, StoreId } from "@effect-pixxel/client"
import type { FaultPlan } from "@effect-pixxel/mock-server"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { size } from "../../../../vitest.size.js"
import { nothing, type Played, playCallers, type Report, replayable, sum } from "./faultCallers.js"
import type { Caller, Schedule } from "./faultSchedule.js"
import { bodyOf, layer, server as paidServer } from "./paidServer.js"
import { playSchedules } from "./playSchedules.js"
import { world } from "./world.js"

const store = StoreId.make("store-1")

interface Delivered {
  readonly id: string
  readonly createdAt: number
  readonly catalogId: string
  readonly path: string
  readonly by: "us" | "others"
}

/** The entries of an order item. */
const entriesOf = (item: string) => [`${item}-image-1`, `${item}-image-2`]

/** A delivery is under way for a minute. Without its place, no list tells whose delivery one is. */
const server = (plan: FaultPlan, clock: Clock.Clock, hasPlaces: boolean) => {
  const made: Array<Delivered> = []
  const handled: Array<string> = []
  const now = () => clock.unsafeCurrentTimeMillis()
  const add = (by: Delivered["by"], catalogId: string, path: string) => {
    const delivery = { id: `delivery-${made.length + 1}`, createdAt: now(), catalogId, path, by }
    made.push(delivery)
    return delivery
  }
  const encode = ({ catalogId, createdAt, id, path }: Delivered) => ({
    delivery_id: id,
    catalog_id: catalogId,
    task_id: null,
    status: now() < createdAt + 60_000 ? "IN_PROGRESS" : "SUCCESSFUL",
    cloud_delivery: hasPlaces ? { config: store, path } : null,
    created_at: new Date(createdAt).toISOString()
  })
  return {
    made,
    handled,
    client: paidServer(plan, clock, {
      create: (request) => {
        const [{ catalog_ids, cloud_info, order_item_ids }] = bodyOf(request).deliveries
        const entries: ReadonlyArray<string> = [...catalog_ids, ...order_item_ids.flatMap(entriesOf)]
        const open = made.some((it) => entries.includes(it.catalogId) && now() < it.createdAt + 60_000)
        if (open) return { status: 409, value: { error: { code: "under_way", message: "It is under way." } } }
        handled.push(cloud_info.path)
        return { status: 201, value: { deliveries: entries.map((id) => encode(add("us", id, cloud_info.path))) } }
      },
      read: (until, { searchParams }) => {
        const [entry, item] = ["catalog_id", "order_item_id"].map((name) => searchParams.get(name))
        const isShown = ({ catalogId, createdAt }: Delivered) =>
          createdAt <= until && (item == null ? catalogId === entry : entriesOf(item).includes(catalogId))
        return { value: { deliveries: made.filter(isShown).map(encode) } }
      }
    }),
    /** Another writer delivers an entry of the first caller to the same store, also to the same folder. */
    otherWriter: (path: string) => Effect.sync(() => void add("others", "item-0-image-1", path))
  }
}

interface Called extends Report {
  readonly folder: string
  underWay: number
}

const notMade = (report: Called, error: DeliverError) => {
  if (error._tag === "CreateOutcomeUnknown") report.unknown++
  else if (error._tag === "DeliveryUnderWay") report.underWay++
  else {
    report.refused++
    if (error.isRetryable) assert.notInclude(["PixxelServerError", "PixxelRequestTimeout"], error._tag)
  }
}

/** Delivers two entries, by their ids or by that of their order item. */
const deliver = (report: Called, caller: number, byItem: boolean) => {
  const item = `item-${caller}`
  const contents = byItem
    ? { orderItemIds: [OrderItemId.make(item)] }
    : { catalogIds: entriesOf(item).map((id) => CatalogId.make(id)) }
  return Effect.flatMap(CatalogApi, (api) =>
    api.deliver({ deliveries: [{ ...contents, store, path: `${report.folder}/` }] })
  ).pipe(
    Effect.tap((found) => Effect.sync(() => report.made.push(...found.map(({ id }) => id)))),
    Effect.tapError((error) => Effect.sync(() => notMade(report, error))),
    Effect.ignore
  )
}

const judge = (
  schedule: Schedule,
  played: ReadonlyArray<Played<Called>>,
  { handled, made }: Pick<ReturnType<typeof server>, "handled" | "made">,
  hasPlaces: boolean
) => {
  assert.lengthOf(new Set(handled), handled.length, "no delivery is sent twice")
  for (const { isInterrupted, report } of played) {
    const { folder, refused, underWay, unknown } = report
    const own = made.filter((it) => it.path === `${folder}/`)
    const isHandled = handled.includes(`${folder}/`)
    for (const id of report.made)
      assert.include(
        own.map((it) => it.id),
        id,
        "a caller gets only its own deliveries"
      )
    if (isInterrupted) continue
    assert.strictEqual(Number(report.made.length > 0) + unknown + refused + underWay, 1, "each call has one outcome")
    if (isHandled) assert.strictEqual(refused, 0, "a delivery that was made is no refusal")
    if (underWay > 0) assert.isAbove(made.length, 0)
    if (isHandled && schedule.isKnowable && hasPlaces) assert.lengthOf(report.made, 2, "a lost answer is resolved")
  }
  return {
    made: handled.length,
    reported: played.filter(({ report }) => report.made.length > 0).length,
    unknown: sum(played, ({ report }) => report.unknown),
    refused: sum(played, ({ report }) => report.refused),
    underWay: sum(played, ({ report }) => report.underWay)
  }
}

const play = (schedule: Schedule) =>
  Effect.gen(function* () {
    const hasPlaces = (yield* Random.next) < 0.8
    const sameFolder = yield* Random.nextBoolean
    const api = server(schedule.faults, yield* Effect.clock, hasPlaces)
    return yield* Effect.gen(function* () {
      const theirs = api.otherWriter(sameFolder ? "folder-0/" : "theirs")
      const of = (caller: Caller, at: number) => {
        const report: Called = { ...nothing(), folder: `folder-${at}`, underWay: 0 }
        return [report, deliver(report, at, caller.does === "pipeline")] as const
      }
      const played = yield* playCallers(schedule, theirs, of, () => Effect.dieMessage("nothing to resolve"))
      return judge(schedule, played, api, hasPlaces)
    }).pipe(Effect.provide(CatalogApi.layer.pipe(Layer.provide(layer(api.client)))))
  }).pipe(
    Effect.withRandom(Random.make(schedule.seed)),
    Effect.scoped,
    Effect.provide(world("inProcess", { leftovers: false, capsules: false })),
    replayable(schedule)
  )

describe("no fault delivers files twice, nor hides a delivery", () => {
  // few schedules have only some outcomes
  playSchedules({ usual: size(20, 1_000), least: 400 }, play)
})
