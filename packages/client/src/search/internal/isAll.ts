/** Whether the answers to a search have all that it matches. */
import * as Option from "effect/Option"
import type { Pagination } from "../../Pagination.js"

/**
 * Compares the number of received images with the total. Without a total, compares the number in the last answer with
 * its limit: the server's, or the one of the request.
 */
export const isAll = (pagination: Option.Option<Pagination>, received: number, last: number, asked = 0): boolean =>
  pagination.pipe(
    Option.flatMap(({ total }) => total),
    Option.match({
      onSome: (total) => received >= total,
      onNone: () =>
        last <
        Math.max(
          1,
          pagination.pipe(
            Option.flatMap(({ limit }) => limit),
            Option.getOrElse(() => asked)
          )
        )
    })
  )
