/** Fiber-locals: settings that a fiber takes from the fiber that started it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import { globalValue } from "effect/GlobalValue"
import * as HashMap from "effect/HashMap"
import * as List from "effect/List"

export type Local<A> = FiberRef.FiberRef<A>

/** A local with a default. One per program, even if a module is loaded twice. */
export const make = <A>(name: string, initial: A): Local<A> =>
  globalValue(Symbol.for(`@effect-pixxel/client/${name}`), () => FiberRef.unsafeMake(initial))

export const get: <A>(local: Local<A>) => Effect.Effect<A> = FiberRef.get

/** The clock of a fiber. */
export const clockOf = <A, E>(fiber: Fiber.RuntimeFiber<A, E>): Clock.Clock =>
  Context.get(fiber.getFiberRef(DefaultServices.currentServices), Clock.Clock)

/** Adds a service, without the iterator results of `Context.add`: their garbage would cost more than the copy. */
export const withService = <I, S>(
  { unsafeMap }: Context.Context<never>,
  { key }: Context.Tag<I, S>,
  service: S
): Context.Context<never> => {
  const services = new Map<string, unknown>()
  unsafeMap.forEach((it, name) => {
    services.set(name, it)
  })
  return Context.unsafeMake(services.set(key, service))
}

/** Changes a local for `self`. */
export const update = <A, E, R, B>(self: Effect.Effect<A, E, R>, local: Local<B>, change: (outer: B) => B) =>
  Effect.locallyWith(self, local, change)

/** Runs `self` without the log annotations and log spans of its caller. */
export const withoutLogContext = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  self.pipe(
    Effect.locally(FiberRef.currentLogAnnotations, HashMap.empty()),
    Effect.locally(FiberRef.currentLogSpan, List.empty())
  )

/** Sets a local of a new fiber, whose locals are not shared yet: a copy would cost as much as starting the fiber. */
export const setNew = <A>({ locals }: FiberRefs.FiberRefs, fiberId: FiberId.Single, local: Local<A>, value: A) => {
  locals.set(local, [[fiberId, value]])
}

/** Takes over the locals that an ended fiber has changed, apart from its context and runtime flags. */
export const inherited = <A, E>(
  self: Effect.Effect<A, E>,
  before: FiberRefs.FiberRefs,
  after: FiberRefs.FiberRefs
): Effect.Effect<A, E> => {
  const changed: FiberRefs.FiberRefs["locals"] = new Map()
  after.locals.forEach((stack, local) => {
    // Effect writes the runtime flags whenever a fiber's locals are read.
    if (local === FiberRef.currentContext || local === FiberRef.currentRuntimeFlags) return
    if (before.locals.get(local)?.[0][1] !== stack[0][1]) changed.set(local, stack)
  })
  return changed.size === 0 ? self : Effect.zipRight(Effect.inheritFiberRefs(FiberRefs.unsafeMake(changed)), self)
}
