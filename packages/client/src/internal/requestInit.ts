/**
 * Completes the application's options for `fetch` (`FetchHttpClient.RequestInit`) per request.
 *
 * The application may provide options to the layer of `fetch`, to the layer of the client, or to its program. The
 * platform's client hides the context of its own layer, and options provided around it would replace that context. So
 * the options are completed at the only moment with access to all of them: when the base client evaluates
 * `currentTracerDisabledWhen`, synchronously and on the sending fiber, just before it sends a request.
 *
 * A client with its own `withTracerDisabledWhen` does not evaluate it. Its options are completed where its requests are
 * built, which is inside its context unless middleware made with `transform` surrounds it.
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
import type { Isolation } from "./deadline.js"
import * as locals from "./locals.js"
import * as span from "./span.js"

/** Completes options. */
export type Complete = (init: RequestInit) => RequestInit

/** For the API: follow no redirect. */
export const forApi: Complete = (init) => ({ ...init, redirect: "manual" })

/** For the host of a signed URL: follow no redirect, and send none of the application's headers and cookies. */
export const forStore: Complete = ({ headers: _, ...init }) => ({ ...init, credentials: "omit", redirect: "manual" })

const completed = (context: Context.Context<never>, complete: Complete): Context.Context<never> =>
  locals.withService(
    context,
    FetchHttpClient.RequestInit,
    complete(Option.getOrElse(Context.getOption(context, FetchHttpClient.RequestInit), (): RequestInit => ({})))
  )

/** A fiber whose locals can be set outside an effect: true of all of Effect 3, but missing in the type. */
interface Settable {
  readonly setFiberRef: <A>(ref: FiberRef.FiberRef<A>, value: A) => void
}
const isSettable = <A, E>(fiber: Fiber.RuntimeFiber<A, E>): fiber is Fiber.RuntimeFiber<A, E> & Settable =>
  "setFiberRef" in fiber

/** Whether a client evaluates `currentTracerDisabledWhen`, if known. */
const asking = new WeakMap<HttpClient.HttpClient, boolean>()

/** Records an answer of a client. A client that has not asked before its answer never asks. */
export const noteAnswer = (client: HttpClient.HttpClient): void => {
  if (!asking.has(client)) asking.set(client, false)
}

/** Thrown to stop a probe. */
class Probed extends Error {}

/**
 * Finds out whether a client asks, before a request that must not leave unobserved. If it asks, the probe is stopped
 * before it leaves; otherwise the probe is sent, so it must be harmless.
 */
export const learn = (client: HttpClient.HttpClient, probe: HttpClientRequest.HttpClientRequest): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (asking.has(client)) return Effect.void
    const stop = () => {
      asking.set(client, true)
      throw new Probed()
    }
    return client.execute(probe).pipe(
      Effect.locally(HttpClient.currentTracerDisabledWhen, stop),
      Effect.withTracerEnabled(true),
      Effect.tap(() => noteAnswer(client)),
      Effect.catchAllCause((cause) => (Cause.isInterrupted(cause) ? Effect.interrupt : Effect.void))
    )
  })

/** Hooks of each send. */
export interface Hooks {
  readonly complete: Complete
  /** Runs before a send of the base client; throws to stop it. */
  readonly onSend: () => void
}

/** The environment of a fiber that sends one request. `around` is the context of the client's layer. */
export const isolation = (
  client: HttpClient.HttpClient,
  { complete, onSend }: Hooks,
  around: Context.Context<never>,
  parent: span.Span | undefined
): Isolation => {
  const isSilent = asking.get(client) === false
  const onAsk = () => {
    onSend()
    const fiber = Fiber.getCurrentFiber()
    if (Option.isSome(fiber) && isSettable(fiber.value)) {
      asking.set(client, true)
      const context = fiber.value.getFiberRef(FiberRef.currentContext)
      fiber.value.setFiberRef(FiberRef.currentContext, completed(context, complete))
    }
    // The platform's span would hold the whole URL, and add tracing headers to a request to another company.
    return true
  }
  return {
    context: (context) => {
      const merged = around.unsafeMap.size === 0 ? context : Context.merge(around, context)
      return parent === undefined ? merged : span.inside(merged, parent)
    },
    prepare: (refs, fiberId) => {
      locals.setNew(refs, fiberId, HttpClient.currentTracerDisabledWhen, onAsk)
      // Clients ask only with tracing. A client that never asks is not traced: its span would hold the URL.
      locals.setNew(refs, fiberId, FiberRef.currentTracerEnabled, !isSilent)
    }
  }
}

/** Sends a request, on a fiber with the isolation above. */
export const send = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  complete: Complete
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> => {
  const sending =
    asking.get(client) === false
      ? HttpClient.mapRequestEffect(client, (it) =>
          Effect.as(
            FiberRef.update(FiberRef.currentContext, (context) => completed(context, complete)),
            it
          )
        )
      : client
  return sending.execute(request)
}
