/**
 * The subjects of the errors about orders, and the target of the errors before there is an order.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { OrderId, OrderItemId, ProjectId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * An order.
 *
 * @since 0.1.0
 * @category models
 */
export const OrderSubject = tagged("Order", { orderId: OrderId })
export type OrderSubject = typeof OrderSubject.Type

/**
 * An order item.
 *
 * @since 0.1.0
 * @category models
 */
export const OrderItemSubject = tagged("OrderItem", { orderItemId: OrderItemId })
export type OrderItemSubject = typeof OrderItemSubject.Type

/**
 * The target of a submit or a quote: the project and the name of the item that the order is recognized by. The name is
 * empty if the caller gave none, so that it carries the mark of the request.
 *
 * @since 0.1.0
 * @category models
 */
export const OrderTarget = tagged("Order", { projectId: ProjectId, name: Schema.String })
export type OrderTarget = typeof OrderTarget.Type
