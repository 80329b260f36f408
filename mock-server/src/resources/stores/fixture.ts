/** The shapes of `stores/` and of a store to create. */
import * as Type from "typebox/type"
import {
  duration,
  exampleOf,
  field,
  fixture,
  name,
  object,
  oneOf,
  optional,
  type Shaped,
  sentText,
  text,
  texts
} from "../../core/Shape.js"

export const configs = object(
  {
    bucket: field(name, "Name of the bucket.", ["crop-results"]),
    region: field(name, "Region of the bucket.", ["ap-south-1"]),
    path_prefix: field(optional(text), "Folder in the bucket. Default: none, and not sent.", ["pixxel/"])
  },
  { title: "a place in a cloud", description: "The bucket of a store." }
)

export const common = {
  name: field(name, "Name of the store; no other store has it.", ["results"]),
  configs: field(configs, "Its bucket.", [exampleOf(configs)]),
  labels: field(optional(texts), "Labels of the store. Default: none, and not sent.", [{ team: "field" }])
}

export const type = field(oneOf("S3", "GCS", "AZBLOB"), "Kind of the cloud.", ["S3"])

export const storeShape = fixture("store", "A file of `stores/`: a store that every world begins with.", {
  id: field(name, "Id of the store, as paths have it.", ["store-results"]),
  type,
  ...common,
  created_by: sentText("Id of the user who created the store.", "user-4f1c2a"),
  age: field(duration, "Time before the beginning of the world at which the store was created.", ["1h"])
})

export type StoreFixture = Shaped<typeof storeShape>

const secret = (what: string) => field({ ...name, writeOnly: true }, `${what}, which is not kept.`, ["…"])

const withSecrets = <Kind extends string>(kind: Kind, secrets: Record<string, Type.TString>) =>
  object(
    {
      type: field(Type.Literal(kind), "Kind of the cloud.", [kind]),
      ...common,
      secrets: field(
        object(secrets, { title: `the secrets of ${kind}: ${Object.keys(secrets).join(", ")}`, writeOnly: true }),
        "Access to the bucket.",
        [Object.fromEntries(Object.keys(secrets).map((key) => [key, "…"]))]
      )
    },
    { title: `a store of ${kind}`, description: `A store of ${kind} to create.` }
  )

export const newStore = Type.Union(
  [
    withSecrets("S3", { access_key_id: secret("Id of a key"), secret_access_key: secret("Secret of the key") }),
    withSecrets("GCS", {
      project_id: secret("Id of a project of the cloud"),
      service_account_credentials: secret("Credentials of a service account")
    }),
    withSecrets("AZBLOB", {
      account_name: secret("Name of an account"),
      tenant_id: secret("Id of a tenant"),
      client_id: secret("Id of a client"),
      client_secret: secret("Secret of the client")
    })
  ],
  { title: 'a store, an object with "type": "S3", "GCS" or "AZBLOB"' }
)

export type NewStore = Shaped<typeof newStore>
