/** `npm run test:long` runs every test whole; `npm test` runs a part of the long ones. */

/** Whether the long tests run whole. */
export const isLong = process.env["TESTS"] === "long"

/** The size of a long test, or its cases: `part` for `npm test`, `whole` for `npm run test:long`. */
export const size = <A>(part: A, whole: A): A => (isLong ? whole : part)

/** Rows of a long table: each `step`th for `npm test`, other ones for another `turn`; all for `npm run test:long`. */
export const sample = <A>(rows: ReadonlyArray<A>, step: number, turn = 0): ReadonlyArray<A> =>
  rows.filter((_, at) => (at + turn) % size(step, 1) === 0)

/** The transports of a long file: sockets only for `npm run test:long`, since shorter files run over both. */
export const longTransports = size<ReadonlyArray<"inProcess" | "socket">>(["inProcess"], ["inProcess", "socket"])
