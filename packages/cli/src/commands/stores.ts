/** `pixxel stores`: list, create and delete the buckets to which the API delivers. */
import * as Options from "@effect/cli/Options"
import { StoreId } from "@effect-pixxel/client/Ids"
import { storeSecrets } from "@effect-pixxel/client/stores/Store"
import { StoresApi } from "@effect-pixxel/client/stores/StoresApi"
import * as Effect from "effect/Effect"
import { plain } from "../render/plain.js"
import * as results from "../render/results.js"
import { group, listed, shown, using } from "./calling.js"
import { positional } from "./command.js"
import { confirm } from "./consent.js"
import { file, flag, id, maybe, text } from "./options.js"

const calling = using(StoresApi, StoresApi.layer)

const list = calling("stores list", "List all stores.", {}, (_, api) =>
  Effect.map(api.list(), listed("stores", results.storeColumns))
)

const create = calling(
  "stores create --name nightly --type S3 --bucket crop-results --region ap-south-1",
  "Create a store. Its secrets come from a file, from variables, or from a prompt, never from an option.",
  {
    name: text("name", "NAME", "The name, which no other store has."),
    type: Options.choice("type", ["S3", "GCS", "AZBLOB"]).pipe(Options.withDescription("The kind of the cloud.")),
    bucket: text("bucket", "BUCKET", "The name of the bucket."),
    region: text("region", "REGION", "The region of the bucket."),
    pathPrefix: maybe(text("path-prefix", "PATH", "The folder in the bucket. Default: none.")),
    secretsFile: maybe(
      file(
        "secrets-file",
        `A JSON object of the secrets; - for stdin. ${Object.entries(storeSecrets)
          .map(([type, names]) => `${type}: ${Object.values(names).join(", ")}`)
          .join("; ")}. Default: variables such as PIXXEL_STORE_ACCESS_KEY_ID, or a prompt.`
      )
    )
  },
  (options, api) =>
    Effect.gen(function* () {
      const { secretsOf } = yield* Effect.promise(() => import("../secrets.js"))
      const given = { ...options, secrets: yield* secretsOf(options) }
      // the secrets are those of the type, which the compiler cannot follow through a choice
      return shown(results.store)(yield* api.create(given as unknown as StoresApi.CreateInput))
    })
)

const remove = calling(
  "stores delete --store store-results --yes",
  "Delete a store. Its bucket stays as it is.",
  {
    storeId: positional(id("store", StoreId.make, "The store.")),
    yes: flag("yes", "Delete without confirmation. Required without a terminal.")
  },
  (options, api) =>
    Effect.gen(function* () {
      const { storeId } = options
      yield* confirm(options, {
        question: Effect.succeed({ text: `This deletes store ${storeId}.\nDelete it? [y/N]` }),
        nothing: "Nothing was deleted.",
        does: "deletes a store"
      })
      yield* api.delete({ storeId })
      return { json: () => ({ deleted: storeId }), text: () => `Deleted store ${plain(storeId)}.` }
    })
)

export const stores = group("stores", "List, create and delete stores.", [list, create, remove])
