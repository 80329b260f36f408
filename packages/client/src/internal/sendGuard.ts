/**
 * At most one send an attempt, whatever `HttpClient` is below. Middleware that retries or follows redirects sends a
 * request again within one attempt of ours, and a billable one would be paid again. A guard counts what really leaves,
 * and stops the second send before it does.
 *
 * Three places see a send, and each is blind somewhere:
 * - The platform's base client asks `currentTracerDisabledWhen` before each send. It does not without tracing, nor does
 *   a client with a `withTracerDisabledWhen` of its own.
 * - Transports read the body of a request once for each send, and middleware carries it along by reference. A transport
 *   need not read it, and one that replaces it hides its sends.
 * - Node's `fetch` hands each send to its dispatcher: also the second one after a 421, which the Fetch standard asks for.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpBody from "@effect/platform/HttpBody"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as Option from "effect/Option"

/** A send that was stopped. It is thrown where the transport would begin, and becomes a failure again in `stopping`. */
export class StoppedSend extends Error {
  readonly _tag = "StoppedSend"
  override readonly name = "StoppedSend"
  constructor() {
    super("the HttpClient was about to send the request again by itself")
  }
}

export interface SendGuard {
  /** Puts the guard into a request that has no body. */
  readonly mark: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest
  /** Counts a send of the base client; throws to stop it. */
  readonly onAsk: () => void
  /** Completes the options of `fetch`. To be called where the send begins, on its fiber. */
  readonly complete: (init: RequestInit) => RequestInit
  /** Turns whatever a stopped send has led to into a failure. */
  readonly stopping: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoppedSend, R>
  /** Whether a send was seen. */
  readonly isSeen: () => boolean
}

/** No body at all, on the wire like an empty one. It tells each time that a transport reads it. */
class WatchedBody implements HttpBody.Raw {
  readonly [HttpBody.TypeId]: HttpBody.TypeId = HttpBody.TypeId
  readonly _tag = "Raw"
  readonly #onRead: () => void

  constructor(onRead: () => void) {
    this.#onRead = onRead
  }

  get body(): undefined {
    this.#onRead()
    return undefined
  }

  toJSON(): unknown {
    return HttpBody.empty.toJSON()
  }

  [NodeInspectSymbol](): unknown {
    return this.toJSON()
  }
}

/** The part of undici's `Dispatcher` that `fetch` calls. */
interface Dispatcher {
  readonly dispatch: (...args: ReadonlyArray<unknown>) => unknown
}

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === "object" && value !== null && "dispatch" in value && typeof value.dispatch === "function"

/** Where Node, and undici beside it, keep the dispatcher of `fetch`. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1")

/** The dispatcher that `fetch` is going to use; none elsewhere than on Node, or with a `Fetch` of the application. */
const dispatcherOf = (init: RequestInit): Option.Option<Dispatcher> => {
  const fetch = Option.flatMap(Fiber.getCurrentFiber(), ({ currentContext }) =>
    Context.getOption(currentContext, FetchHttpClient.Fetch)
  )
  if (Option.exists(fetch, (it) => it !== globalThis.fetch)) return Option.none()
  // Node loads its fetch late, and sets the dispatcher then.
  if (!(globalDispatcher in globalThis) && "Response" in globalThis) new Response(null)
  const given: unknown = Reflect.get(init, "dispatcher") ?? Reflect.get(globalThis, globalDispatcher)
  return Option.filter(Option.some(given), isDispatcher)
}

/** A guard that stops every send after so many. */
export const make = (limit: number): SendGuard => {
  let asked = 0
  /** The next read belongs to the send that was asked about last. */
  let isPaired = false
  /** Reads that no question came before: the sends of a transport that asks nothing, or a look of a middleware. */
  let early = 0
  /** Reads that no question belongs to: the sends of another transport. */
  let extra = 0
  let dispatched = 0
  let isStopped = false

  /** Stops one send more than the limit. What was stopped does not count. */
  const check = (sends: number) => {
    if (sends < limit) return
    isStopped = true
    throw new StoppedSend()
  }
  const onAsk = () => {
    check(asked + extra)
    asked++
    isPaired = true
  }
  const onRead = () => {
    if (isPaired) {
      isPaired = false
    } else if (asked === 0) {
      check(early)
      early++
    } else {
      check(asked + extra)
      extra++
    }
  }
  const wrappers = new WeakSet<Dispatcher>()
  /** The options may be completed at more than one place of a send. */
  const watched = (inner: Dispatcher): Dispatcher => {
    if (wrappers.has(inner)) return inner
    const wrapper: Dispatcher = Object.create(inner, {
      dispatch: {
        value: (...args: ReadonlyArray<unknown>) => {
          check(dispatched)
          dispatched++
          return inner.dispatch(...args)
        }
      }
    })
    wrappers.add(wrapper)
    return wrapper
  }

  return {
    mark: HttpClientRequest.setBody(new WatchedBody(onRead)),
    onAsk,
    complete: (init) =>
      Option.match(dispatcherOf(init), {
        onNone: () => init,
        onSome: (inner) => ({ ...init, dispatcher: watched(inner) })
      }),
    // A defect, unless a middleware or fetch has made a failure of it; an answer to the first send stays one.
    stopping: <A, E, R>(self: Effect.Effect<A, E, R>) =>
      Effect.mapErrorCause(
        self,
        (cause): Cause.Cause<E | StoppedSend> => (isStopped ? Cause.fail(new StoppedSend()) : cause)
      ),
    isSeen: () => asked + early > 0
  }
}

const warned = new WeakSet<HttpClient.HttpClient>()

/** Warns once of a client whose sends no guard sees. */
export const warnOfHidden = (client: HttpClient.HttpClient): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (warned.has(client)) return Effect.void
    warned.add(client)
    return Effect.logWarning(
      "The HttpClient hides what it sends, so a create that it sends twice is paid twice. Provide one that neither retries nor follows redirects, or whose transport reads the body of each request."
    )
  })
