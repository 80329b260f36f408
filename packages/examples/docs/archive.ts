import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { ArchivesApi, Pixxel } from "@effect-pixxel/client"
import { Console, DateTime, Effect, Layer, Stream } from "effect"

const program = Effect.gen(function* () {
  const archives = yield* ArchivesApi
  const collections = yield* archives.collections()
  yield* Console.log(collections.map(({ id }) => id).join(", "))

  // around Fiji, on both sides of the antimeridian
  yield* archives
    .searchAll({
      bbox: [179, -18, -179, -16],
      datetime: { start: DateTime.unsafeMake("2023-04-01") },
      query: { "eo:cloud_cover": { lt: 20 } },
      sortBy: [{ field: "datetime", direction: "desc" }]
    })
    .pipe(Stream.runForEach(({ id }) => Console.log(id)))
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)
