/**
 * Enforces at most one send per attempt on any `HttpClient`. Middleware that retries or follows redirects repeats a
 * request within one attempt of this client, and a repeated billable request would be paid twice. A guard counts the
 * real sends, and stops the second before it leaves.
 *
 * Three places observe sends, each with a blind spot:
 * - The platform's base client evaluates `currentTracerDisabledWhen` before each send, but not without tracing, and not
 *   with a `withTracerDisabledWhen` of its own.
 * - Transports read the body of a request once per send, and middleware passes it on by reference. But a transport need
 *   not read the body, and one that replaces it hides its sends.
 * - Node's `fetch` passes each send to its dispatcher, including the second one after a 421, which the Fetch standard
 *   requires.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"

/** A stopped send. Thrown where the transport would begin, and turned into a failure by `stopping`. */
export class StoppedSend extends Error {
  readonly _tag = "StoppedSend"
}

const stopped = () => new StoppedSend("the HttpClient was about to repeat the request")

export type SendGuard = ReturnType<typeof make>

/** The part of undici's `Dispatcher` that `fetch` calls. */
interface Dispatcher {
  readonly dispatch: (...args: ReadonlyArray<unknown>) => unknown
}

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === "object" && value !== null && "dispatch" in value && typeof value.dispatch === "function"

/** The key under which Node and undici keep the dispatcher of `fetch`. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1")

/** The dispatcher that `fetch` will use; none outside Node, or with a `Fetch` of the application. */
const dispatcherOf = (init: RequestInit): Option.Option<Dispatcher> => {
  const fetch = Option.flatMap(Fiber.getCurrentFiber(), ({ currentContext }) =>
    Context.getOption(currentContext, FetchHttpClient.Fetch)
  )
  if (Option.exists(fetch, (it) => it !== globalThis.fetch)) return Option.none()
  // Node loads its fetch lazily, and sets the dispatcher then.
  if (!(globalDispatcher in globalThis) && "Response" in globalThis) new Response(null)
  const given: unknown = Reflect.get(init, "dispatcher") ?? Reflect.get(globalThis, globalDispatcher)
  return Option.filter(Option.some(given), isDispatcher)
}

/** Makes a guard that stops every send beyond `limit`. */
export const make = (limit: number) => {
  let asked = 0
  /** Whether the next read belongs to the last evaluated send. */
  let isPaired = false
  /** Reads before any evaluation: the sends of a transport that never evaluates, or reads by middleware. */
  let early = 0
  /** Reads without an evaluation: the sends of another transport. */
  let extra = 0
  let dispatched = 0
  let isStopped = false

  /** Stops a send beyond the limit. Stopped sends do not count. */
  const check = (sends: number) => {
    if (sends < limit) return
    isStopped = true
    throw stopped()
  }
  const onAsk = () => {
    check(asked + extra)
    asked++
    isPaired = true
  }
  const onRead = () => {
    if (asked === 0) {
      check(early)
      early++
    } else if (!isPaired) {
      check(asked + extra)
      extra++
    }
    isPaired = false
  }
  const wrappers = new WeakSet<Dispatcher>()
  /** Wraps a dispatcher once, since options may be completed at several places of a send. */
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
    /** Counts a read of the request's body. */
    onRead,
    /** Counts a send of the base client; throws to stop it. */
    onAsk,
    /** Completes the options of `fetch`. Call it on the sending fiber, where the send begins. */
    complete: (init: RequestInit): RequestInit =>
      Option.match(dispatcherOf(init), {
        onNone: () => init,
        onSome: (inner) => ({ ...init, dispatcher: watched(inner) })
      }),
    /**
     * Turns the outcome of a stopped send into a failure. It is a defect, unless middleware or fetch turned it into a
     * failure. An answer to the first send stays.
     */
    stopping: <A, E, R>(self: Effect.Effect<A, E, R>) =>
      Effect.mapErrorCause(self, (cause): Cause.Cause<E | StoppedSend> => (isStopped ? Cause.fail(stopped()) : cause)),
    /** Whether a send was observed. */
    isSeen: () => asked + early > 0
  }
}

const warned = new WeakSet<HttpClient.HttpClient>()

/** Warns once about a client whose sends no guard observes. */
export const warnOfHidden = (client: HttpClient.HttpClient): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (warned.has(client)) return Effect.void
    warned.add(client)
    return Effect.logWarning(
      "The HttpClient hides its sends, so a create that it sends twice is paid twice. Provide a client that neither retries nor follows redirects, or whose transport reads the body of each request."
    )
  })
