/**
 * The mark of an order: a part of the name of one item, which the lists of items show. A name that the caller chose
 * proves nothing, since another writer may have chosen it too, so an order whose items all have names carries no mark.
 */
import * as Option from "effect/Option"
import type { CreateIntent } from "../../CreateIntent.js"
import { markIn } from "../../internal/intent.js"
import type { Order } from "../Order.js"
import { OrderTarget } from "../Subject.js"
import type { Checked, CheckedOrder } from "./input.js"

export const markOf = ({ items }: Order): Option.Option<string> =>
  Option.firstSomeOf(items.map(({ name }) => markIn(name)))

/** The place of the item that carries the mark: the first without a name. */
const placeOf = (items: CheckedOrder["items"]): number =>
  Math.max(
    items.findIndex(({ name }) => name === undefined),
    0
  )

export const targetOf = ({ items }: CheckedOrder): OrderTarget => {
  const { name = "", projectId } = items[placeOf(items)] ?? items[0]
  return OrderTarget.make({ projectId, name })
}

/** The items of a request, with the mark of its record. A quote replaces a name: nothing keeps it. */
export const marked = ({ items }: CheckedOrder, { mark }: CreateIntent, isQuote: boolean): ReadonlyArray<Checked> => {
  const place = placeOf(items)
  return Option.match(mark, {
    onNone: () => items,
    onSome: (it) =>
      items.map((item, at) =>
        at === place && (isQuote || item.name === undefined) ? { ...item, name: `${item.type} ${it}` } : item
      )
  })
}
