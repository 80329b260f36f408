/**
 * Puts a transport of your own on the time of a world, where a client cannot use the world's `fetch` or `HttpClient`.
 * Time stands still while the machine has work to do for a request, as it does for those of the world's transport.
 *
 * **Example** (Node's own `fetch`, in a world whose `transport` is `socket`)
 *
 * ```ts
 * const { time } = yield* MockServer
 * if (time instanceof VirtualTime) {
 *   const fetch = trackedFetch(time, globalThis.fetch)
 * }
 * ```
 *
 * A transport of another kind makes an `Exchange` for each request, sends its `id` in the header `exchangeHeader`, and
 * calls the methods of the client's end: `answered`, `download`, `failed`, `abort`.
 *
 * @since 0.1.0
 */
export { Exchange, exchangeHeader, socketAgent, trackedFetch } from "./clock/program.js"
