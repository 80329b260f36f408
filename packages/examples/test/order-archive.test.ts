/** Runs the journey from the archive to a bucket and a file on both transports, through faults. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { CatalogApi, CollectionId, OrdersApi, StoreId, StoresApi } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Fault, type FaultPlan, MockServer, type WorldQuirks } from "@effect-pixxel/mock-server"
import { DateTime, Effect, Layer, Option, Redacted } from "effect"
import { longTransports } from "../../../vitest.size.js"
import { PixxelMock } from "../src/main-job.js"
import { deliverTo, orderImages, saveTo, type Wanted } from "../src/order-archive.js"
import { place } from "./place.js"

const wanted: Wanted = {
  projectId: place.projectId,
  geometry: place.geometry,
  usecase: "agriculture",
  collection: CollectionId.make("pixxel-ff-l2a"),
  from: DateTime.unsafeMake("2025-06-01"),
  clouds: 30,
  maxCost: 1_000
}

const store = StoreId.make("store-results")

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  Effect.map(fs.makeTempDirectoryScoped(), (folder) => `${folder}/images.zip`)
)

const countOrders = Effect.flatMap(OrdersApi, (orders) => orders.list({ limit: 100 })).pipe(
  Effect.map((page) => page.orders.length)
)

describe.each(longTransports)("from the archive to files, %s", (transport) => {
  const world = (quirks: WorldQuirks = {}) =>
    PixxelMock.pipe(
      Layer.provideMerge(MockServer.layer({ transport, quirks })),
      Layer.merge(NodeContext.layer),
      Layer.merge(NodeHashing.layer)
    )

  const first = { attempts: [1] }
  const faults: Readonly<Record<string, readonly [FaultPlan, WorldQuirks?]>> = {
    "without a fault": [Fault.plan()],
    // the quote for the limit is the first request of the operation
    "with the lost answer of the submit": [
      Fault.plan(Fault.on("SubmitOrder", Fault.loseAnswer("reset"), { attempts: [2] }))
    ],
    "with the lost answer of the delivery": [Fault.plan(Fault.on("CreateDelivery", Fault.loseAnswer("reset"), first))],
    "with answers of 503": [
      Fault.plan(
        ...(
          ["SearchItemInArchive", "GetOrderItemById", "SearchCatalogs", "ListDeliveries", "CreateDownload"] as const
        ).map((operation) => Fault.on(operation, Fault.answer(503), first))
      )
    ],
    "with other words": [Fault.plan(), { orderWords: "older", deliveryWord: "SUCCESSFUL" }]
  }
  for (const [what, [plan, quirks]] of Object.entries(faults)) {
    it.scoped(`${what}, pays and delivers once`, () =>
      Effect.gen(function* () {
        const before = yield* countOrders
        yield* (yield* MockServer).faults.use(plan)
        const found = yield* orderImages(wanted)
        assert.strictEqual((yield* countOrders) - before, 1)
        assert.deepStrictEqual(
          found.items.map(({ outcome }) => outcome),
          ["succeeded"]
        )
        assert.isNotEmpty(found.catalogIds)

        const deliveries = yield* deliverTo(store, found)
        assert.deepStrictEqual(
          deliveries.map(({ catalogId, outcome }) => [Option.getOrThrow(catalogId), outcome]),
          found.catalogIds.map((id) => [id, "succeeded"])
        )
        const all = yield* Effect.flatMap(CatalogApi, (catalog) => catalog.deliveries({}))
        const ours = all.filter(({ catalogId }) => Option.exists(catalogId, (id) => found.catalogIds.includes(id)))
        assert.lengthOf(ours, found.catalogIds.length)

        const path = yield* temporary
        const file = yield* saveTo(path, found)
        const { length } = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(path))
        assert.deepStrictEqual([file.bytes, file.verified], [length, "checksum"])
      }).pipe(Effect.provide(world(quirks)))
    )
  }

  it.scoped("requests another URL if the first one has expired", () =>
    Effect.gen(function* () {
      const found = yield* orderImages(wanted)
      // a download is ready after 10 seconds
      yield* (yield* MockServer).faults.use(
        Fault.plan(Fault.on("getPackage", Fault.expired, { between: { from: "0s", to: "15s" } }))
      )
      const file = yield* saveTo(yield* temporary, found)
      assert.strictEqual(file.verified, "checksum")
    }).pipe(Effect.provide(world()))
  )

  it.scoped("says that a bucket has denied a delivery", () =>
    Effect.gen(function* () {
      const found = yield* orderImages(wanted)
      const { id } = yield* Effect.flatMap(StoresApi, (stores) =>
        stores.create({
          type: "S3",
          name: "Denied",
          bucket: "denied-images",
          region: "eu-west-1",
          secrets: { accessKeyId: Redacted.make("id"), secretAccessKey: Redacted.make("secret") }
        })
      )
      const error = yield* Effect.flip(deliverTo(id, found))
      assert.strictEqual(error._tag, "DeliveryFailed")
    }).pipe(Effect.provide(world()))
  )

  const refused: ReadonlyArray<readonly [string, Partial<Wanted>, WorldQuirks, string]> = [
    ["it is too expensive", { maxCost: 1 }, {}, "CostLimitExceeded"],
    ["no image has so few clouds", { clouds: 0 }, {}, "PixxelInvalidInput"],
    ["the wallet is empty", {}, { wallet: 0, insufficientTokens: 403 }, "PixxelForbidden"]
  ]
  for (const [what, change, quirks, tag] of refused) {
    it.scoped(`orders nothing if ${what}`, () =>
      Effect.gen(function* () {
        const before = yield* countOrders
        const error = yield* Effect.flip(orderImages({ ...wanted, ...change }))
        assert.deepStrictEqual([error._tag, (yield* countOrders) - before], [tag, 0])
      }).pipe(Effect.provide(world(quirks)))
    )
  }
})
