/**
 * Adds what a request needs to the options that the application has for `fetch` (`FetchHttpClient.RequestInit`).
 *
 * The application may give them to the layer of `fetch`, to that of the client, or to its program. The platform's client
 * keeps the context of its own layer to itself, and an option given around it would replace that one. So the options are
 * completed at the one moment at which all of them are in sight: when the base client asks whether the request is to be
 * traced, just before it sends it. That it asks is what `currentTracerDisabledWhen` is for; it does so synchronously, on
 * the fiber that sends.
 *
 * A client that has a `withTracerDisabledWhen` of its own does not ask. Its options are completed where its requests are
 * made, which is inside of its context unless a middleware made with `transform` is around it.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"

/** Completes the options of the application. */
export type Complete = (init: RequestInit) => RequestInit

/** For the API: no redirect is followed. */
export const forApi: Complete = (init) => ({ ...init, redirect: "manual" })

/** For the host of a signed URL: neither are headers and cookies sent, which are not for it. */
export const forStore: Complete = ({ headers: _, ...init }) => ({ ...init, credentials: "omit", redirect: "manual" })

const completed = (context: Context.Context<never>, complete: Complete): Context.Context<never> =>
  Context.add(
    context,
    FetchHttpClient.RequestInit,
    complete(Option.getOrElse(Context.getOption(context, FetchHttpClient.RequestInit), (): RequestInit => ({})))
  )

/** A fiber whose locals can be set from outside of an effect: all of Effect 3, though the type does not say so. */
interface Settable {
  readonly setFiberRef: <A>(ref: FiberRef.FiberRef<A>, value: A) => void
}
const isSettable = <A, E>(fiber: Fiber.RuntimeFiber<A, E>): fiber is Fiber.RuntimeFiber<A, E> & Settable =>
  "setFiberRef" in fiber

/**
 * The client, with a predicate that its base client calls before it sends. `HttpClient.withTracerDisabledWhen` does the
 * same from @effect/platform 0.81 on; before, it expects an effect in place of the client.
 */
const withPredicate = (
  client: HttpClient.HttpClient,
  predicate: (request: HttpClientRequest.HttpClientRequest) => boolean
): HttpClient.HttpClient =>
  HttpClient.transformResponse(client, Effect.locally(HttpClient.currentTracerDisabledWhen, predicate))

/** Whether a client asks, as far as that is known. */
const asking = new WeakMap<HttpClient.HttpClient, boolean>()

/** Notes that a client had an answer. One that has not asked before that does not ask. */
const noteAnswer = (client: HttpClient.HttpClient) =>
  Effect.sync(() => {
    if (!asking.has(client)) asking.set(client, false)
  })

/** Thrown to stop a request whose only purpose is to see whether the client asks. */
class Probed extends Error {}

/**
 * Learns whether a client asks, before a request that must not leave by a way of its own. If it asks, the probe is
 * stopped before it leaves; otherwise it is sent, so it must be a request that does no harm.
 */
export const learn = (client: HttpClient.HttpClient, probe: HttpClientRequest.HttpClientRequest): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (asking.has(client)) return Effect.void
    const stop = () => {
      asking.set(client, true)
      throw new Probed()
    }
    return withPredicate(client, stop)
      .execute(probe)
      .pipe(
        Effect.withTracerEnabled(true),
        Effect.flatMap(() => noteAnswer(client)),
        Effect.catchAllCause((cause) => (Cause.isInterrupted(cause) ? Effect.interrupt : Effect.void))
      )
  })

/** What happens at each send. */
export interface Hooks {
  readonly complete: Complete
  /** Runs before a send of the base client; throws to stop it. */
  readonly onSend: () => void
}

/** Sends a request. `around` is the context of the client's layer; that of the fiber wins over it. */
export const send = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  { complete, onSend }: Hooks,
  around: Context.Context<never>
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> =>
  Effect.suspend(() => {
    const isSilent = asking.get(client) === false
    const onAsk = () => {
      onSend()
      const fiber = Fiber.getCurrentFiber()
      if (Option.isSome(fiber) && isSettable(fiber.value)) {
        asking.set(client, true)
        const context = fiber.value.getFiberRef(FiberRef.currentContext)
        fiber.value.setFiberRef(FiberRef.currentContext, completed(context, complete))
      }
      // The platform's own span would hold the whole URL, and put tracing headers on a request to another company.
      return true
    }
    const watched = withPredicate(client, onAsk)
    const sending = isSilent
      ? HttpClient.mapRequestEffect(watched, (it) =>
          Effect.as(
            FiberRef.update(FiberRef.currentContext, (context) => completed(context, complete)),
            it
          )
        )
      : watched
    return sending.execute(request).pipe(
      // Without tracing nothing is asked. A client that decides by itself is not traced: its span would hold the URL.
      Effect.withTracerEnabled(!isSilent),
      Effect.tap(() => noteAnswer(client)),
      // What is set above lasts no longer than this.
      Effect.mapInputContext((context: Context.Context<never>) => Context.merge(around, context))
    )
  })
