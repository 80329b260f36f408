/** Entries of the catalog and deliveries as text for users. */
import type { CatalogEntry, Delivery } from "@effect-pixxel/client"
import * as Option from "effect/Option"
import { plain } from "./plain.js"
import { details, status } from "./results.js"
import type { Column } from "./table.js"
import { percent, time } from "./words.js"

export const entryColumns: ReadonlyArray<Column<CatalogEntry>> = [
  { head: "ID", of: (it) => it.id },
  { head: "IMAGE", cuts: true, of: ({ image }) => Option.map(image, ({ id }) => id) },
  { head: "TIME", of: ({ image }) => time(Option.flatMap(image, ({ datetime }) => datetime)) },
  { head: "CLOUDS", of: ({ image }) => percent(Option.flatMap(image, ({ clouds }) => clouds)) },
  { head: "DELIVERY", minor: true, of: (it) => it.deliveryStatus }
]

export const entry = details((it: CatalogEntry) => [
  ["entry", it.id],
  ["image", Option.map(it.image, ({ id }) => id)],
  ["collection", Option.flatMap(it.image, ({ collection }) => collection)],
  ["time", time(Option.flatMap(it.image, ({ datetime }) => datetime))],
  ["clouds", percent(Option.flatMap(it.image, ({ clouds }) => clouds))],
  ["area", Option.map(it.squareKilometres, (area) => `${area} km²`)],
  ["task", it.taskId],
  ["bandset", it.bandsetId],
  ["delivery", it.deliveryStatus],
  ["created", time(it.createdAt)]
])

/** The feature of the image of an entry, by the id of the entry. */
export const entryFeature = ({ id, image }: CatalogEntry) => ({
  type: "Feature",
  geometry: null,
  properties: null,
  ...Option.match(image, { onNone: () => ({}), onSome: (it) => it.toGeoJson() }),
  id
})

/** The place in the store, below its own folder: that of the delivery, and the path of the file (documented). */
const pathOf = ({ cloudDelivery, targetPath }: Delivery) =>
  Option.map(targetPath, (file) =>
    Option.match(
      Option.flatMap(cloudDelivery, ({ path }) => path),
      { onNone: () => file, onSome: (folder) => `${folder.replace(/\/+$/, "")}/${file}` }
    )
  )

export const deliveryColumns: ReadonlyArray<Column<Delivery>> = [
  { head: "ID", of: (it) => it.id },
  { head: "ENTRY", cuts: true, of: (it) => it.catalogId },
  { head: "STATUS", of: (it) => status(it) },
  { head: "STORE", of: ({ cloudDelivery }) => Option.flatMap(cloudDelivery, ({ storeId }) => storeId) },
  { head: "PATH", cuts: true, minor: true, of: pathOf },
  { head: "CREATED", minor: true, of: (it) => time(it.createdAt) }
]

/** A line for each change of a delivery. */
export const deliveryChange = ({ id, status }: Delivery): string =>
  [id, Option.getOrElse(status, () => "")].map(plain).join("  ")
