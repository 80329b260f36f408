/** The deliveries and downloads that a world has created; their state follows from the time since then. */
import { field, name, type Shaped, someOf } from "../../core/Shape.js"
import { saved, shelf } from "../../core/Shelf.js"
import type { World } from "../../core/World.js"
import { statusOf as statusOfDownload } from "../assets/state.js"
import { cloudDelivery } from "../orders/fixture.js"

const entry = "item-north-archive-task-1-image-1"

const savedDelivery = saved("delivery", {
  catalog_id: field(name, "Id of the entry.", [entry]),
  cloud_delivery: field(cloudDelivery, "Store that it is delivered to.", [{ config: "store-results" }])
})

const savedDownload = saved("catalog download", {
  catalog_ids: field(someOf(name), "Ids of the entries.", [[entry]])
})

type CatalogDownload = Shaped<typeof savedDownload>
export type Delivery = Shaped<typeof savedDelivery>

/** Time until a delivery is in progress, and until it ends, in milliseconds. */
const begins = 10_000
const ends = 60_000

/** Returns the state of a delivery. It fails in a bucket whose name begins with `denied-`. */
export const statusOf = (
  { clock, drawers }: World,
  { cloud_delivery, createdAt }: Pick<Delivery, "cloud_delivery" | "createdAt">
) => {
  const age = clock.now - createdAt
  const isDenied = drawers.stores.get(cloud_delivery.config)?.configs.bucket.startsWith("denied-") === true
  return age < begins ? "CREATED" : age < ends ? "IN_PROGRESS" : isDenied ? "FAILED" : "SUCCESS"
}

export const drawers = {
  deliveries: shelf(savedDelivery, { subject: "delivery", begin: (): ReadonlyArray<Delivery> => [] }),
  catalogDownloads: shelf(savedDownload, {
    subject: "catalog download",
    position: (it: CatalogDownload, now: number): string => statusOfDownload(it, now).toLowerCase()
  })
}
