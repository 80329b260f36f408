/** The shapes of `bandsets/`, of `orders/` and of an order to submit, and the quirks of orders. */
import * as Type from "typebox/type"
import {
  choice,
  duration,
  exampleOf,
  field,
  fixture,
  json,
  list,
  name,
  numberOf,
  object,
  oneOf,
  optional,
  plainNumber,
  type Shaped,
  sentText,
  someOf,
  text,
  toggle
} from "../../core/Shape.js"
import { polygon } from "../aois/fixture.js"

const band = object(
  {
    name: field(name, "Name of the band.", ["B013"]),
    wavelength: field(plainNumber, "Wavelength in nanometres.", [493])
  },
  { title: "a band of a bandset", description: "A band of the bandset." }
)

export const bandset = fixture("bandset", "A file of `bandsets/`: a bandset, which every token may see.", {
  id: field(name, "Id of the bandset.", ["bandset-agriculture"]),
  name: field(name, "Name of the bandset.", ["Agriculture"]),
  description: sentText("Description.", "Bands for crops."),
  captures: field(
    numberOf("captures", 1),
    "Number of captures, by which the price of a tasking order is multiplied.",
    [1]
  ),
  bands: field(list(band), "Its bands.", [[exampleOf(band)]])
})

const multiPolygon = object(
  {
    type: field(Type.Literal("MultiPolygon"), "Kind of the geometry.", ["MultiPolygon"]),
    coordinates: field(someOf(polygon.properties.coordinates), "The rings of its polygons.", [
      [exampleOf(polygon)["coordinates"]]
    ])
  },
  { title: "a multipolygon", description: "Several areas on the ground." }
)

const feature = object(
  {
    type: field(Type.Literal("Feature"), "Kind of the object.", ["Feature"]),
    properties: field(optional(json), "Any properties. Default: none.", [{}]),
    geometry: field(
      Type.Union([polygon, multiPolygon], { title: 'an object with "type": "Polygon" or "MultiPolygon"' }),
      "Its area.",
      [exampleOf(polygon)]
    )
  },
  { title: "a feature", description: "A part of the area." }
)

const area = { type: "FeatureCollection", features: [exampleOf(feature, ["properties"])] }

const features = object(
  {
    type: field(Type.Literal("FeatureCollection"), "Kind of the object.", ["FeatureCollection"]),
    features: field(someOf(feature), "Parts of the area.", [area.features])
  },
  { title: "a feature collection", description: "The area of an order item." }
)

export const cloudDelivery = object(
  {
    config: field(name, "Id of the store.", ["store-results"]),
    path: field(optional(text), "Folder in the store. Default: none, and not sent.", ["orders/june"])
  },
  { title: "a delivery to a store", description: "Store that the images are delivered to." }
)

/** Fields of an item in a request and in a fixture; those of tasking have no meaning for images of the archive. */
const common = {
  project_id: field(name, "Id of its project.", ["project-monsoon-2024"]),
  name: field(
    optional(name),
    "Name of the item; no other item of the order has it. Default: `Order Item 1`, and so on.",
    ["North field, June"]
  ),
  geometry: field(features, "Its area.", [area]),
  usecase: field(name, "Purpose of the images.", ["agriculture"]),
  recurrence: field(
    optional(oneOf("ONCE", "WEEKLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "NOT_APPLICABLE"), "NOT_APPLICABLE"),
    "Interval of the captures of a tasking item.",
    ["ONCE"]
  ),
  no_of_occurrences: field(
    optional(numberOf("captures", 1)),
    "Number of captures of a recurring item. Default: by its end.",
    [3]
  ),
  cloud_cover: field(optional(numberOf("percent", 0, 100), 20), "Largest part of clouds in percent.", [10]),
  off_nadir: field(optional(numberOf("degrees", 0, 90), 20), "Largest angle of the view in degrees.", [15]),
  bandset: field(
    optional(
      object({ bandset_id: field(name, "Id of the bandset.", ["bandset-agriculture"]) }, { title: "a bandset" })
    ),
    "Bands of a tasking item. Default: none.",
    [{ bandset_id: "bandset-agriculture" }]
  ),
  delivery_speed: choice(["STANDARD", "EXPEDITED", "NOT_APPLICABLE"], "Speed of the delivery of a tasking item."),
  item_ids: field(optional(list(name)), "Ids of the images of an archive item. Default: none, a tasking item.", [
    ["FF01_000321_20250614_L2A_20250616_00501135"]
  ]),
  cloud_delivery: field(optional(cloudDelivery), "Store that the images are delivered to. Default: none.", [
    { config: "store-results", path: "orders/june" }
  ])
}

const date = (what: string) => field(optional(name), `${what} Default: none.`, ["2025-06-14T00:00:00Z"])

/** An item in a request, and in a saved world. */
export const wanted = {
  ...common,
  start_date: date("First UTC day of a tasking item."),
  end_date: date("UTC day after the last one of a tasking item.")
}

const newItem = object(wanted, { title: "an order item", description: "An item of an order." })

/** Body of `SubmitOrder`. */
export const newOrder = object(
  {
    dry_run: toggle(false, "Whether the order is only simulated, and costs nothing."),
    order_items: field(someOf(newItem), "The items.", [[exampleOf(newItem, ["item_ids"])]])
  },
  { title: "an order to submit", description: "An order to submit, or to simulate." }
)

export type NewOrder = Shaped<typeof newOrder>
export type NewItem = Shaped<typeof newItem>

export const ends = ["FULFILLED", "PARTIALLY_FULFILLED", "FAILED", "CANCELLED", "EXPIRED"] as const

export const course = {
  ends: field(
    optional(someOf(oneOf(...ends)), ["FULFILLED"]),
    "Ends of the tasks of an item, in their order; the last one is that of all further tasks.",
    [["FULFILLED", "FAILED"]]
  ),
  takes: field(
    optional(duration),
    "Time from the start of a task's window to its end. An expired task ends with its window. Default: 36 hours, the " +
      "documented time of a standard delivery; 25 minutes for images of the archive, from the fifth minute on.",
    ["96h"]
  ),
  strips: field(optional(numberOf("images", 1), 2), "Number of images of a capture.", [4]),
  feasibility: choice(["SUCCESS", "WEAK_SUCCESS", "FAILED"], "Feasibility of a tasking item.")
}

const courseOf = object(course, { title: "the course of an order", description: "The way of an order to its end." })

const item = object(
  {
    id: field(name, "Id of the item, as paths have it.", ["item-north-captures"]),
    ...common,
    starts: field(optional(duration), "Time from the order to the first day of a tasking item. Default: none.", [
      "72h"
    ]),
    lasts: field(optional(duration), "Time from the first day of a tasking item to its end. Default: none.", ["240h"]),
    ...course
  },
  { title: "an item of an order", description: "An item of an order that every world begins with." }
)

export const orderShape = fixture("order", "A file of `orders/`: an order that every world begins with.", {
  id: field(name, "Id of the order, as paths have it.", ["order-north-captures"]),
  user_id: sentText("Id of the user who submitted the order.", "user-4f1c2a"),
  status: choice(["PAID", "UNPAID"], "Status of its payment."),
  items: field(someOf(item), "Its items.", [[{ ...exampleOf(item, ["item_ids"]), id: "item-north-archive" }]]),
  age: field(duration, "Time before the beginning of the world at which the order was submitted.", ["720h"])
})

export type OrderFixture = Shaped<typeof orderShape>

export const quirks = {
  newOrders: field(
    optional(courseOf),
    "Course of orders that are submitted. Default: success, 36 hours after the start of each window.",
    [{ ends: ["FAILED"] }]
  ),
  wallet: field(
    optional(numberOf("tokens", 0), 100_000),
    "Tokens of the workspace at the beginning of the world, which no operation shows. Only a new order is refused; the " +
      "later captures of a recurring one are always paid.",
    [500]
  ),
  insufficientTokens: field(
    optional(
      Type.Union([Type.Literal("unpaid"), Type.Literal(400), Type.Literal(402), Type.Literal(403)], {
        title: '"unpaid", 400, 402 or 403'
      }),
      "unpaid"
    ),
    "Answer to an order that costs more than the wallet has, which is not documented. `unpaid`: 201 with an order that " +
      "is `UNPAID`. Otherwise the status of a refusal.",
    [402]
  ),
  dryRuns: choice(
    ["forgotten", "kept"],
    "Trace of a dry run, which is not documented. `forgotten`: no order has its id. `kept`: an order that is `UNPAID`, " +
      "with items that stay `DRAFT`."
  ),
  dryRunIgnored: toggle(
    false,
    "Whether the flag of a dry run is ignored, so that the order is placed and paid (made up)."
  ),
  nameEcho: toggle(
    true,
    "Whether order items have the name that the order gave to them (documented). `false`: an empty one (made up)."
  ),
  orderWords: choice(
    ["current", "older"],
    "Words for the end of items and tasks. `older`: `COMPLETED` and `PARTIALLY_COMPLETED`, as on older pages."
  )
}
