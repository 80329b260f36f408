/**
 * Orders captures by satellites and images from the archive, and follows them.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { MultiPolygon, Polygon } from "geojson"
import type { CalendarDate } from "../CalendarDate.js"
import type { CreateIntent } from "../CreateIntent.js"
import type * as Geometry from "../Geometry.js"
import type { BandsetId, OrderId, OrderItemId, ProjectId, StoreId } from "../Ids.js"
import { all, checked, items, one, page, service } from "../internal/service.js"
import type * as Waiter from "../Waiter.js"
import * as endpoints from "./internal/endpoints.js"
import * as internal from "./internal/ordersApi.js"
import type { Order } from "./Order.js"
import type { OrderItemWaitError } from "./OrderError.js"
import type { OrderItem } from "./OrderItem.js"

/**
 * The order operations of the API. The API has no operation that cancels an order: only support does, free of charge
 * until 72 hours before the start of its window (documented by support).
 *
 * @example
 * import { BandsetId, CalendarDate, type Geometry, OrdersApi, ProjectId } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * declare const field: Geometry.Input
 *
 * const program = Effect.gen(function* () {
 *   const orders = yield* OrdersApi
 *   const order = yield* orders.submit({
 *     items: [
 *       {
 *         type: "tasking",
 *         projectId: ProjectId.make("my-project"),
 *         geometry: field,
 *         usecase: "agriculture",
 *         start: CalendarDate.make("2027-03-01"),
 *         end: CalendarDate.make("2027-03-11"),
 *         bandsetId: BandsetId.make("bandset-agriculture")
 *       }
 *     ],
 *     maxCost: 1_000
 *   })
 *   return yield* Effect.forEach(order.items, (item) => orders.waitForItem({ orderItemId: item.id }))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class OrdersApi extends service<OrdersApi>()(
  "OrdersApi",
  Effect.map(internal.desk, (desk) => ({
    /** Lists the bandsets that a tasking order may name, in one answer. */
    bandsets: items(endpoints.listBandsets),
    /**
     * Lists one page of orders. The length of a page without a `limit` is not documented. No filter selects a project, a
     * date or a status: look for an order by its items.
     */
    list: page(endpoints.listOrders),
    /** Streams the orders of all pages from `offset` on, each order once. Fetches pages of `limit`, 100 by default. */
    listAll: all(endpoints.listOrders),
    /** Reads an order with its items. Their tasks are those of `getItem`. */
    get: one(endpoints.getOrder),
    /**
     * Lists one page of order items. `createdAt` and `area` are ranges, whose syntax is not documented: the client sends
     * the texts unchanged. The lists of ids are sent with commas (inferred).
     */
    listItems: page(endpoints.listOrderItems),
    /** Streams the order items of all pages from `offset` on, each item once. */
    listAllItems: all(endpoints.listOrderItems),
    /** Reads an order item with its tasks and its validation errors. */
    getItem: () => desk.waits.get,
    /**
     * Quotes an order: amounts, uplifts and feasibility. Free, and never repeated after it may have arrived: a quote and
     * an order are one operation that differs by a flag, and a server that ignores the flag places the order.
     *
     * **Details**
     *
     * Nothing in the answer tells a quote from an order (documented). If it has an id, the client looks at the order of
     * that id: one that is paid, or being paid, is `QuotePlaced`, which has its id. The request carries a mark in the name
     * of an item, by which the client searches for an order after a lost answer; without one, the error is
     * `QuoteOutcomeUnknown`. An interruption waits for all that, and logs these errors.
     */
    quote: () => desk.quote,
    /**
     * Submits an order. **It costs money**, there is no idempotency key, and **no operation cancels it**: only support
     * does, until 72 hours before the start (documented by support). The client repeats the request only if the request
     * never left, was refused by the rate limit (429), or was refused with a token that has since been replaced.
     *
     * **Details**
     *
     * - The items are checked before anything is sent: windows, areas, names and ids. All differences are in one
     *   `PixxelInvalidInput`.
     * - With `maxCost`, the client quotes first. Above the limit, or without a readable total, nothing is submitted
     *   (`CostLimitExceeded`), nor if the quote says that an item is not feasible (`OrderInfeasible`).
     * - When the answer is lost, an order may or may not exist. The first item without a name carries a mark in its
     *   generated name, by which the client lists the items of the project until the `grace` period has passed. If all
     *   items have names, there is no mark. An order that is not found by its mark is `CreateOutcomeUnknown`, whose
     *   `candidates` are orders with the name of an item: search again with `resolve`.
     * - An order that is not paid, found by the answer or by a search, is `OrderNotPaid`. It exists.
     * - After sending, an interruption waits for the outcome. See `onOrphan`.
     */
    submit: () => desk.submit,
    /**
     * Searches again for the order of a submit or a quote whose outcome is unknown, from the error or from its record
     * (`CreateIntent`), in another process too. Never submits. Returns the order with the mark of the record; one that is
     * not paid is `OrderNotPaid`; otherwise fails with `CreateOutcomeUnknown` and the current candidates.
     */
    resolve: () => desk.resolve,
    /**
     * Streams the states of an order item, the first one immediately, then after each change of its status, its payment or
     * its tasks, until its end: that of the last task of a recurring item. No deadline. Polls every minute at first, and
     * every 15 minutes after an hour; about 10 hours without an answer end it. The id is enough to resume it in another
     * process, and the items are JSON (`Schema.encode(OrderItem)`).
     */
    watchItem: () => (input: OrdersApi.WatchInput) => desk.waits.watch(input),
    /**
     * Waits until an order item has ended, at the pace of `watchItem`. Waits of one client share their polls. A partial
     * success is a success with `isPartial`; an item that failed or was cancelled is `OrderItemFailed`. Made for items that
     * are captured once: `watchItem` has the tasks of a recurring item as they end.
     */
    waitForItem:
      () =>
      (input: OrdersApi.WaitInput): Effect.Effect<OrderItem, OrderItemWaitError> =>
        desk.waits.wait(input),
    /**
     * Downloads the report of all orders as the API sends it: CSV (documented), whose columns are not documented.
     * `timeZone` is the IANA name of the zone of its times, such as `Europe/Paris`; the zone without it is not
     * documented. The report grows with the workspace: above `maxResponseBytes` the call fails with
     * `PixxelDecodeError`.
     */
    report: checked(endpoints.downloadOrderReport, ({ timeZone }) =>
      timeZone === undefined || Option.isSome(DateTime.zoneMakeNamed(timeZone))
        ? []
        : [{ path: "timeZone", found: JSON.stringify(timeZone), expected: "an IANA time zone such as Europe/Paris" }]
    )
  }))
) {}

/**
 * The types of `OrdersApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace OrdersApi {
  /** An order item, by its id. */
  export interface ItemRef {
    readonly orderItemId: OrderItemId
  }

  /** The filters of a list of order items. */
  export interface ItemFilters {
    readonly orderIds?: ReadonlyArray<OrderId> | undefined
    readonly ids?: ReadonlyArray<OrderItemId> | undefined
    readonly projectIds?: ReadonlyArray<ProjectId> | undefined
  }

  /** The fields of all items of an order. */
  export interface AnyItem {
    /** The project that the item is billed to. */
    readonly projectId: ProjectId
    /**
     * The area: one or several polygons, bare, in a feature, or in a collection of features. Polygons of one area are at
     * most 200 km apart (documented).
     */
    readonly geometry: Geometry.Input<Polygon | MultiPolygon>
    /** The use of the images, such as `agriculture`. */
    readonly usecase: string
    /** At most 100 characters, and unique in the order. Default: a name with the mark of the request, if needed. */
    readonly name?: string | undefined
    /** The place of an automatic delivery. Default: none. */
    readonly cloudDelivery?: { readonly store: StoreId; readonly path?: string | undefined } | undefined
  }

  /** An area to be captured by a satellite. */
  export interface TaskingItem extends AnyItem {
    readonly type: "tasking"
    /** The first day (UTC). It begins at least 24 hours from now (documented). */
    readonly start: CalendarDate
    /** The day after the last one (UTC). A recurring item has an end or a number of occurrences. */
    readonly end?: CalendarDate | undefined
    /** The bands. */
    readonly bandsetId: BandsetId
    /** Default: `ONCE`. */
    readonly recurrence?: "ONCE" | "MONTHLY" | "BIMONTHLY" | "QUARTERLY" | undefined
    /** The number of captures of a recurring item. */
    readonly occurrences?: number | undefined
    /** The highest accepted cloud cover in whole percent. Default: 20 (documented). */
    readonly cloudCover?: number | undefined
    /** The highest accepted angle off nadir in whole degrees. Default: 20 (documented). */
    readonly offNadir?: number | undefined
  }

  /** Images from the archive. */
  export interface ArchiveItem extends AnyItem {
    readonly type: "archive"
    /** The ids of the images in the archive. */
    readonly itemIds: ReadonlyArray<string>
  }

  /** An item of an order. */
  export type Item = TaskingItem | ArchiveItem

  /** The order to quote. */
  export interface QuoteInput {
    readonly items: ReadonlyArray<Item>
  }

  /** The order to submit, and the safety of the submit. */
  export interface SubmitInput<E = never> extends QuoteInput {
    /**
     * The highest accepted total in tokens, at least 0. The client quotes first. Above the limit, or without a readable
     * total, the submit fails with `CostLimitExceeded`. An invalid number is a defect.
     */
    readonly maxCost?: number | undefined
    /** Whether to submit items that the quote for `maxCost` calls not feasible. Default: no. */
    readonly evenIfInfeasible?: boolean | undefined
    /**
     * How to handle a lost answer. `"marked"` (default) searches for the mark of the request. `"never"` sends no mark, and
     * makes no list.
     */
    readonly adopt?: "marked" | "never" | undefined
    /**
     * The time by which a list may lag behind a submit. The client searches that long before it decides. Default: 30
     * seconds. The API documents no figure.
     */
    readonly grace?: Duration.DurationInput | undefined
    /**
     * Runs before the request leaves, and delays it: store the record, and succeed when it is on the disk. `resolve` finds
     * the order by it after a crash. If `keep` fails, nothing is sent.
     */
    readonly keep?: ((intent: CreateIntent) => Effect.Effect<void, E>) | undefined
    /**
     * Runs with an order whose id arrives after the interruption of the caller. The interruption waits for it. Without it,
     * only a warning in the log has the id.
     */
    readonly onOrphan?: ((order: Order) => Effect.Effect<void>) | undefined
  }

  /** The item to watch, and the intervals. Defaults: 1 to 15 minutes, 48 failed polls in a row. */
  export interface WatchInput extends ItemRef, Waiter.Options {}

  /**
   * The item to wait for, and the options of the wait. Default deadline: 7 days after the last day of its captures, which
   * the first poll shows; 7 days for an item without one.
   */
  export interface WaitInput extends ItemRef, Waiter.WaitOptions<OrderItem> {}
}
