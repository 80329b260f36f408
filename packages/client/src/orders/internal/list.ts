/** Lists of order items, complete and with the time of their answer. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { HttpError } from "../../HttpError.js"
import type { OrderId } from "../../Ids.js"
import { type Answer, callDated, type Dated } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import * as paging from "../../internal/paging.js"
import { construct } from "../../internal/unsafe.js"
import type { Listed } from "../../internal/wire.js"
import { Order } from "../Order.js"
import type { OrderItem } from "../OrderItem.js"
import type { OrdersApi } from "../OrdersApi.js"
import { listOrderItems } from "./endpoints.js"
import { isUnpaid } from "./payment.js"

/** All items of some filters, with the times of the first page. */
export const items = (
  http: Connection,
  filters: OrdersApi.ItemFilters
): Effect.Effect<Dated<ReadonlyArray<OrderItem>>, HttpError> =>
  Effect.suspend(() => {
    let first: Answer<unknown> | undefined
    const pages = paging.all(paging.offsets(100), {}, (selection) =>
      Effect.map(callDated(http, listOrderItems, { ...filters, ...selection }), (answer) => {
        first ??= answer
        return answer.value
      })
    )
    return Effect.map(paging.collected(pages), (value) => ({
      value,
      date: first?.date ?? Option.none(),
      retryAfter: first?.retryAfter ?? Option.none()
    }))
  })

/** An order of some of its items: its status is the word about the payment of one that is not paid, or of the first. */
const orderOf = (id: OrderId, items: ReadonlyArray<OrderItem>): Order => {
  const words = items.map(({ paymentStatus }) => paymentStatus)
  const unpaid = words.find((status) => isUnpaid({ status, items: [] }))
  const [{ createdAt, createdBy } = { createdAt: Option.none(), createdBy: Option.none() }] = items
  return construct(Order, {
    id,
    status: unpaid ?? words[0] ?? Option.none(),
    items,
    createdAt,
    createdBy
  })
}

/** The orders of a project, as its items show them. */
export const orders = (
  http: Connection,
  projectIds: OrdersApi.ItemFilters["projectIds"]
): Effect.Effect<Dated<Listed<Order>>, HttpError> =>
  Effect.map(items(http, { projectIds }), ({ value, ...times }) => {
    const byOrder = new Map<OrderId, Array<OrderItem>>()
    let unreadable = 0
    for (const item of value) {
      if (Option.isNone(item.orderId)) unreadable++
      else byOrder.set(item.orderId.value, [...(byOrder.get(item.orderId.value) ?? []), item])
    }
    return { ...times, value: { items: Array.from(byOrder, ([id, own]) => orderOf(id, own)), unreadable } }
  })
