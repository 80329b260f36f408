/** Creates a store, whose name is unique. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { call } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import { folder } from "../../internal/folder.js"
import { checkInput, emptyOnes } from "../../internal/invalid.js"
import * as unique from "../../internal/unique.js"
import { type Store, storeSecrets } from "../Store.js"
import type { StoresApi } from "../StoresApi.js"
import * as endpoints from "./endpoints.js"

/** The empty or missing texts. */
const differences = ({ bucket, name, region, secrets, type }: StoresApi.CreateInput) => {
  // callers in JavaScript may leave secrets out
  const given: Readonly<Record<string, Redacted.Redacted | undefined>> = { ...secrets }
  const texts = Object.keys(storeSecrets[type]).map((key) => {
    const secret = given[key]
    return [`secrets.${key}`, secret === undefined ? "" : Redacted.value(secret)] as const
  })
  return emptyOnes({ name, bucket, region, ...Object.fromEntries(texts) })
}

/** Whether a store is the one of this input: it has the same place and these labels. */
const isEqual =
  ({ bucket, labels = {}, pathPrefix, region, type }: StoresApi.CreateInput) =>
  (store: Store): boolean =>
    Option.contains(store.type, type) &&
    Option.exists(
      store.configs,
      (it) =>
        Option.contains(it.bucket, bucket) &&
        Option.contains(it.region, region) &&
        folder(Option.getOrUndefined(it.pathPrefix)) === folder(pathPrefix)
    ) &&
    Object.entries(labels).every(([key, label]) => store.labels[key] === label)

export const create = (http: Connection) => (input: StoresApi.CreateInput) =>
  Effect.zipRight(
    checkInput(endpoints.createStore, differences(input)),
    unique.createBy(http, endpoints.createStore, input, {
      target: { _tag: "Store", name: input.name },
      find: Effect.map(call(http, endpoints.listStores, {}), ({ items }) =>
        items.filter(({ name }) => Option.contains(name, input.name))
      ),
      equals: isEqual(input)
    })
  )
