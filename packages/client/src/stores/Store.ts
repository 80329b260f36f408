/**
 * A store is a bucket in a cloud of yours, to which the API delivers orders.
 *
 * @since 0.1.0
 */
import { StoreId } from "../Ids.js"
import { labels, need, ref, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"

/**
 * The secrets that each kind of cloud needs, with their names in the API.
 *
 * @since 0.1.0
 * @category constants
 */
export const storeSecrets = {
  S3: { accessKeyId: "access_key_id", secretAccessKey: "secret_access_key" },
  GCS: { projectId: "project_id", serviceAccountCredentials: "service_account_credentials" },
  AZBLOB: {
    accountName: "account_name",
    tenantId: "tenant_id",
    clientId: "client_id",
    clientSecret: "client_secret"
  }
} as const

/**
 * The place of a store in its cloud.
 *
 * @since 0.1.0
 * @category models
 */
export class StoreConfigs extends model<StoreConfigs>("StoreConfigs")({
  /** The name of the bucket. */
  bucket: text("bucket"),
  /** The region of the bucket. */
  region: text("region"),
  /** The folder in the bucket. */
  pathPrefix: text("path_prefix")
}) {}

/**
 * A store. The API never returns its secrets (documented by absence).
 *
 * @since 0.1.0
 * @category models
 */
export class Store extends model<Store>("Store")({
  /** The id of the store. */
  id: need(StoreId, "id"),
  /** The name, which no other store has. */
  name: text("name"),
  /** The kind of the cloud: `S3`, `GCS` or `AZBLOB`. */
  type: word(Object.keys(storeSecrets), "type"),
  /** The place in the cloud. */
  configs: ref(StoreConfigs, "configs"),
  /** The labels. */
  labels: labels("labels"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who created the store. */
  createdBy: text("created_by")
}) {}
