/** The operations composed of those of the catalog. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { HttpError } from "../../HttpError.js"
import type { PixxelInvalidInput } from "../../InputError.js"
import { call } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { badIf, checkInput } from "../../internal/invalid.js"
import { inList } from "../../internal/listed.js"
import { checked, type Method } from "../../internal/service.js"
import { searches } from "../../internal/stacSearch.js"
import { atStart } from "../../internal/subject.js"
import { make as makeWaits } from "../../internal/waits.js"
import type { CatalogApi } from "../CatalogApi.js"
import type { CatalogDownload } from "../CatalogDownload.js"
import { CatalogPage } from "../CatalogEntry.js"
import { type DeliverError, DeliveryFailed } from "../CatalogError.js"
import type { Delivery } from "../Delivery.js"
import { DeliverySubject } from "../Subject.js"
import { differencesOf, deliver as send } from "./deliver.js"
import * as endpoints from "./endpoints.js"
import { limit } from "./limit.js"
import { listsOf } from "./source.js"

export const { search, searchAll } = searches({
  row: endpoints.searchCatalogs,
  idsOf: ({ ids, itemIds, orderIds, orderItemIds }: CatalogApi.Filters) => ({ ids, itemIds, orderIds, orderItemIds }),
  limit,
  propertiesOf: ({ image }) => ({ properties: Option.flatMap(image, ({ properties }) => properties) }),
  pageOf: (entries) => new CatalogPage({ entries })
})

/** The paths beside those of entries. */
const siblings = new Set<string>(["deliveries", "download", "search"])

export const get = checked(endpoints.getCatalog, ({ catalogId }) =>
  badIf(siblings.has(catalogId), "catalogId", `the name of another path, ${catalogId},`, "the id of an entry")
)

/** The deliveries of one client: what its creates and its waits share. */
export const make = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http, {
    name: "CatalogApi.waitForDelivery",
    subjectOf: ({ deliveryId }: CatalogApi.DeliveryRef) => DeliverySubject.make({ deliveryId }),
    get: ({ deliveryId }) => inList(http, endpoints.listDeliveries, { deliveryId }, "delivery", deliveryId),
    failed: ({ status, subject }, { catalogId, cloudDelivery }, { id }) =>
      new DeliveryFailed({
        subject,
        status,
        catalogId: Option.map(catalogId, id),
        storeId: Option.flatMap(cloudDelivery, ({ storeId }) => Option.map(storeId, id)),
        message: `${atStart(subject)} failed: no reason given. Check the bucket of the store, its secrets and their right to write, and deliver again.`
      })
  })
  const deliver = (input: CatalogApi.DeliverInput): Effect.Effect<ReadonlyArray<Delivery>, DeliverError> =>
    Effect.tap(send(http, input), (deliveries) =>
      Effect.forEach(deliveries, ({ id }) => waits.record({ deliveryId: id }))
    )
  return { waits, deliver }
})

export const requestDownload: Method<
  (contents: CatalogApi.Contents) => Effect.Effect<CatalogDownload, HttpError | PixxelInvalidInput>
> = (http) => (contents) =>
  Effect.zipRight(
    checkInput(endpoints.createDownload, differencesOf(contents)),
    call(http, endpoints.createDownload, listsOf(contents))
  )
