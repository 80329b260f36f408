/** The store operations. */
import type * as Redacted from "effect/Redacted"
import { StoreId } from "../../Ids.js"
import { endpoint, read } from "../../internal/endpoint.js"
import * as payload from "../../internal/payload.js"
import { empty, json, list } from "../../internal/success.js"
import { Store, storeSecrets } from "../Store.js"

const secretNames = Object.entries({ ...storeSecrets.S3, ...storeSecrets.GCS, ...storeSecrets.AZBLOB })

const secrets = (given: Readonly<Record<string, Redacted.Redacted>>) =>
  Object.fromEntries(secretNames.flatMap(([name, wire]) => (given[name] === undefined ? [] : [[wire, given[name]]])))

export const listStores = read({
  operation: "ListStores",
  name: "StoresApi.list",
  path: "/v0/stores",
  success: list("stores", Store)
})

export const createStore = endpoint({
  operation: "CreateStore",
  name: "StoresApi.create",
  method: "POST",
  path: "/v0/stores",
  body: {
    name: payload.text("name"),
    type: payload.text("type"),
    ...payload.within("configs", {
      bucket: payload.text("bucket"),
      region: payload.text("region"),
      pathPrefix: payload.optional(payload.text("path_prefix"))
    }),
    secrets: payload.from(payload.labels("secrets"), secrets),
    labels: payload.optional(payload.labels("labels"))
  },
  success: json(Store),
  repeat: "unique"
})

export const deleteStore = endpoint({
  operation: "DeleteStore",
  name: "StoresApi.delete",
  method: "DELETE",
  path: "/v0/stores/{id}",
  params: { id: StoreId },
  success: empty,
  repeat: "gone",
  // 404 is not declared
  gone: [400, 404]
})
