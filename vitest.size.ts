/** `npm run test:long` runs every test whole; `npm test` runs a part of the long ones. */

/** Whether the long tests run whole. */
export const isLong = process.env["TESTS"] === "long"

/** The size of a long test: `part` for `npm test`, `whole` for `npm run test:long`. */
export const size = (part: number, whole: number): number => (isLong ? whole : part)
