/** The operations of the API as plain data, one row an operation. */
import type { Simplify } from "effect/Types"
import type { Arguments } from "./argument.js"
import type { Call } from "./classify.js"
import * as path from "./path.js"
import type * as payload from "./payload.js"
import type * as query from "./query.js"
import type { Success } from "./success.js"

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** Whether a success costs money. */
export type Cost = "none" | "billable"

/**
 * The class of an operation decides on the next step after a failure whose request may have arrived:
 * - `safe`: a repeat. The operation reads, or writes the same again.
 * - `harmless`: a repeat. A second resource costs nothing.
 * - `gone`: a repeat. If the repeat finds nothing to delete, an earlier request deleted it.
 * - `unique`: a look by name. Adopts an equal, new resource, and repeats only if there is nothing.
 * - `once`: an error.
 * - `lookup`: a search for the created resource, since a repeat costs money.
 */
export type Repeat = "safe" | "harmless" | "gone" | "unique" | "once" | "lookup"

/** The input `I` has the arguments of path, query and body in one object. */
export interface Endpoint<A, in I, C extends Cost = Cost, R extends Repeat = Repeat> {
  /** The arguments. Only in the type. */
  readonly _input?: (input: I) => void
  /** The operation id of the official description. */
  readonly operation: string
  /** The method of the client, and the name of its span. */
  readonly name: string
  readonly method: Method
  readonly path: string
  /** The constants of every call. */
  readonly call: Call
  readonly attributes: Readonly<Record<string, string>>
  readonly template: path.Template
  readonly query: query.Query
  readonly body: payload.Payload | undefined
  readonly success: Success<A>
  /** Whether the token goes along. */
  readonly auth: boolean
  readonly cost: C
  readonly repeat: R
  /** The statuses by which a repeat of a `gone` operation says that there is nothing. */
  readonly gone: ReadonlyArray<number>
}

interface Row<
  A,
  Path extends string,
  Ids extends path.Ids<Path>,
  Q extends query.Query,
  B extends payload.Payload,
  R extends Repeat,
  C extends Cost
> extends Pick<Endpoint<A, never, C, R>, "operation" | "name" | "method" | "success" | "repeat"> {
  readonly path: Path
  /** The ids in the path. */
  readonly params?: Ids
  readonly query?: Q
  readonly body?: B
  readonly auth?: false
  /** Default: none. */
  readonly cost?: C
  readonly gone?: ReadonlyArray<number>
}

export const endpoint = <
  A,
  const Path extends string,
  const R extends Repeat,
  const C extends Cost = "none",
  const Ids extends path.Ids<Path> = {},
  const Q extends query.Query = {},
  const B extends payload.Payload = {}
>(
  row: Row<A, Path, Ids, Q, B, R, C>
): Endpoint<A, Simplify<path.Arguments<Path, Ids> & Arguments<Q> & Arguments<B>>, C, R> => ({
  cost: "none" as C, // the type of a row without it
  ...row,
  call: { operation: row.operation, name: row.name, method: row.method, route: row.path },
  attributes: { "http.request.method": row.method, "http.route": row.path },
  template: path.template(row.path, row.params),
  query: row.query ?? {},
  body: row.body,
  auth: row.auth ?? true,
  gone: row.gone ?? [404]
})

/** An operation that reads: it may be repeated. */
export const read = <
  A,
  const Path extends string,
  const Ids extends path.Ids<Path> = {},
  const Q extends query.Query = {},
  const B extends payload.Payload = {}
>(
  row: Omit<Row<A, Path, Ids, Q, B, "safe", "none">, "method" | "cost" | "repeat"> & { readonly method?: Method }
) => endpoint<A, Path, "safe", "none", Ids, Q, B>({ method: "GET", ...row, repeat: "safe" })
