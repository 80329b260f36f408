/** The shapes of the requests of the catalog, and the quirk of its deliveries. */
import { choice, exampleOf, field, list, name, object, optional, type Shaped, sent, someOf } from "../../core/Shape.js"
import { filters, limit } from "../archives/fixture.js"
import { cloudDelivery } from "../orders/fixture.js"

const entry = "item-north-archive-task-1-image-1"

const idsOf = (what: string) => field(optional(someOf(name)), `Ids of ${what}. Default: all.`, [["item-north-archive"]])

/** Body of `SearchCatalogs`. Its form of an order is documented twice: by `ASC` and `DESC`, and as in the archive. */
export const search = object(
  {
    ...filters,
    item_ids: idsOf("images"),
    order_ids: idsOf("orders"),
    order_item_ids: idsOf("order items"),
    limit: limit(2),
    sort_by: field(optional(list(sent)), "Order. Default: the oldest first.", [[{ datetime: "DESC" }]])
  },
  { title: "a search of the catalog", description: "A search of entries in the catalog." }
)

export type Search = Shaped<typeof search>

/** Both lists are required, and one of them must be empty (documented). */
const ids = {
  catalog_ids: field(list(name), "Ids of entries; none beside order items.", [[entry]]),
  order_item_ids: field(list(name), "Ids of order items, of which all entries are meant; none beside entries.", [[]])
}

const delivery = object(
  {
    ...ids,
    cloud_info: field(cloudDelivery, "Store that the entries are delivered to.", [{ config: "store-results" }])
  },
  { title: "a delivery", description: "Entries to deliver to a store." }
)

/** Body of `CreateDelivery`. */
export const newDeliveries = object(
  {
    deliveries: field(someOf(delivery), "The deliveries.", [[exampleOf(delivery)]])
  },
  { title: "deliveries to create", description: "Deliveries to create." }
)

/** Body of `CreateDownload`. */
export const newDownload = object(ids, { title: "entries to download", description: "Entries to download." })

export type NewDeliveries = Shaped<typeof newDeliveries>
export type Ids = Shaped<typeof newDownload>

export const quirks = {
  deliveryWord: choice(["SUCCESS", "SUCCESSFUL"], "Word for a delivery that has succeeded; both are documented.")
}
