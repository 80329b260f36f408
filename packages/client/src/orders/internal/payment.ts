/** Reads the payment of an order, a quote or an item. The words differ in case between services. */
import * as Option from "effect/Option"

interface Paying {
  readonly tokensUsed?: Option.Option<number>
  readonly paymentStatus: Option.Option<string>
}

interface Payable {
  readonly status: Option.Option<string>
  readonly items: ReadonlyArray<Paying>
}

const is = (word: Option.Option<string>, known: string) => Option.exists(word, (it) => it.toUpperCase() === known)

/** Whether it says that nothing was paid: by its own word, or without one by that of an item. */
export const isUnpaid = ({ items, status }: Payable): boolean =>
  is(status, "UNPAID") || (Option.isNone(status) && items.some(({ paymentStatus }) => is(paymentStatus, "UNPAID")))

/** Whether an item shows a payment, for any word of the order. */
export const showsPayment = ({ items }: Payable): boolean =>
  items.some(
    ({ paymentStatus, tokensUsed = Option.none() }) =>
      Option.exists(tokensUsed, (tokens) => tokens > 0) ||
      (Option.isSome(paymentStatus) && !is(paymentStatus, "UNPAID"))
  )
