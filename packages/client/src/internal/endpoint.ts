/** An operation of the API as plain data: request, names, repeatability, cost, and the reader of a success. */
import type { Params } from "./path.js"
import type { Reader } from "./wire.js"

export interface Endpoint<A, Path extends string, Billable extends boolean> {
  /** The operation id of the official description. */
  readonly operation: string
  /** The method of the client, and the name of its span. */
  readonly name: string
  readonly method: "GET" | "POST" | "PUT"
  readonly path: Path
  /** Whether the request is idempotent. */
  readonly repeatable: boolean
  /** Whether a success costs money. */
  readonly billable: Billable
  readonly success: Reader<A>
}

/** The parameters of one call. */
export interface Input<Path extends string> {
  readonly params: Readonly<Record<Params<Path>, string>>
  readonly query?: Readonly<Record<string, string | number | undefined>>
}

export const endpoint = <A, const Path extends string, const Billable extends boolean>(
  row: Endpoint<A, Path, Billable>
): Endpoint<A, Path, Billable> => row
