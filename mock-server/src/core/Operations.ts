/**
 * The operations of all resources, and those of the storage origin.
 */
import { resources } from "../resources/index.js"
import { merge, type Operation } from "../resources/Resource.js"

/**
 * Operations of the API that the mock answers, by their documented ids.
 *
 * @since 0.1.0
 * @category models
 */
export const operations = merge(resources, "operations")

const ids = Object.keys(operations) as ReadonlyArray<keyof typeof operations> // its keys

/** Operations of both origins; `getPackage` is a download by a signed URL. */
export const faultableOperations = [...ids, "getPackage"] as const

/**
 * An operation whose answers can go wrong.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultableOperation = (typeof faultableOperations)[number]

/** Returns an operation of the API; absent for an unknown one, and for one of the storage. */
export const operationOf = (id: string): Operation | undefined =>
  Object.hasOwn(operations, id) ? operations[id as keyof typeof operations] : undefined // one of its keys
