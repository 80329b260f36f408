import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { CatalogApi, Download, OrderItemId, Pixxel, StoreId } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Console, Effect, Layer, Option, Stream } from "effect"

const program = Effect.gen(function* () {
  const catalog = yield* CatalogApi
  const orderItemIds = [OrderItemId.make("item-north-archive")]

  const entries = yield* Stream.runCollect(catalog.searchAll({ orderItemIds }))
  const catalogIds = Array.from(entries, ({ id }) => id)
  yield* Console.log(catalogIds)

  // into a bucket of yours
  const store = StoreId.make("store-results")
  const deliveries = yield* catalog.deliver({ deliveries: [{ catalogIds, store, path: "fields/" }] })
  yield* Effect.forEach(deliveries, ({ id }) =>
    Effect.flatMap(catalog.waitForDelivery({ deliveryId: id, timeout: "1 hour" }), ({ status }) =>
      Console.log(Option.getOrElse(status, () => "-"))
    )
  )

  // or into a file
  const source = CatalogApi.source({ catalogIds })
  const { verified } = yield* Download.toFile({ source, path: "field.zip" })
  yield* Console.log(`field.zip, verified by its ${verified}`)
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(Layer.mergeAll(PixxelLive, NodeContext.layer, NodeHashing.layer)), NodeRuntime.runMain)
