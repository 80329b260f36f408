import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { CalendarDate, type Geometry, OrdersApi, Pixxel, ProjectId } from "@effect-pixxel/client"
import { Console, DateTime, Effect, Layer, Option, Stream } from "effect"

const field: Geometry.Input = {
  type: "Polygon",
  coordinates: [
    [
      [79.1, 21.05],
      [79.2, 21.05],
      [79.2, 21.15],
      [79.1, 21.15],
      [79.1, 21.05]
    ]
  ]
}

const dayIn = (days: number) =>
  Effect.map(DateTime.now, (now) => CalendarDate.make(DateTime.formatIsoDateUtc(DateTime.add(now, { days }))))

const program = Effect.gen(function* () {
  const orders = yield* OrdersApi
  const [bandset] = yield* orders.bandsets()
  if (bandset === undefined) return yield* Effect.dieMessage("no bandset")
  const items: ReadonlyArray<OrdersApi.Item> = [
    {
      type: "tasking",
      projectId: ProjectId.make("project-monsoon-2024"),
      geometry: field,
      usecase: "agriculture",
      bandsetId: bandset.id,
      start: yield* dayIn(2),
      end: yield* dayIn(5)
    }
  ]

  const quote = yield* orders.quote({ items })
  for (const { finalAmount, uplifts } of quote.items) {
    const titles = uplifts.map(
      ({ percentage, title }) => `${Option.getOrElse(title, () => "?")} ${Option.getOrNull(percentage)} %`
    )
    yield* Console.log(`${Option.getOrNull(finalAmount)} tokens, with ${titles.join(", ")}`)
  }

  const order = yield* orders.submit({ items, maxCost: 500 })
  for (const { id } of order.items) {
    // a poll an hour is enough here
    yield* orders
      .watchItem({ orderItemId: id, maxInterval: "1 hour" })
      .pipe(
        Stream.runForEach(({ status, tasks }) =>
          Console.log([status, ...tasks.map((task) => task.status)].map(Option.getOrNull).join(", "))
        )
      )
  }
})

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)
