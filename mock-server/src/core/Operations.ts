/** The operations of all resources, and those of the storage origin. */
import { resources } from "../resources/index.js"
import { type DrawerKind, merge, type Operation, type Resource, type Role } from "../resources/Resource.js"

/**
 * Operations of the API that the mock answers, by their documented ids.
 *
 * @since 0.1.0
 * @category models
 */
export const operations = merge(resources, "operations")

/**
 * Returns the fixture folders of an operation's resource, such as `projects`.
 *
 * @since 0.1.0
 * @category models
 */
export const fixturesOf = (operation: keyof typeof operations): ReadonlyArray<string> => {
  const resource: Resource | undefined = resources.find(({ operations }) => operation in operations)
  return Object.keys(resource?.fixtures ?? {})
}

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

export const getPackage: Operation = {
  id: "getPackage",
  method: "GET",
  route: "/jobs/{job}/package.zip",
  query: ["expires"],
  needs: "nothing",
  role: "read",
  subject: "job",
  key: "job"
}

const all: Readonly<Record<string, Operation>> = { ...operations, getPackage }

/** Returns an operation of both origins; absent for an unknown one. */
export const operationOf = (id: string | undefined): Operation | undefined =>
  id !== undefined && Object.hasOwn(all, id) ? all[id] : undefined

/** Names of drawers, by the word for their things. */
export const drawerNames: ReadonlyMap<string, string> = new Map(
  Object.entries<DrawerKind>(merge(resources, "drawers")).map(([name, { subject }]) => [subject, name])
)

/** Returns the operations with these roles on things that a world makes, in the order of the roles. */
export const operationsOn = (...roles: ReadonlyArray<Role>): ReadonlyArray<FaultableOperation> =>
  roles.flatMap((role) => ids.filter((id) => all[id]?.role === role && drawerNames.has(all[id].subject)))
