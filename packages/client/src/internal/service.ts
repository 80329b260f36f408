/** Makes a service of the rows of its operations. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import type * as Stream from "effect/Stream"
import type { HttpError } from "../HttpError.js"
import type { Difference, PixxelInvalidInput } from "../InputError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import * as calls from "./call.js"
import { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import { checkInput } from "./invalid.js"
import type { Page } from "./paging.js"

/** A method of a service, over a connection. */
export type Method<F> = (http: Connection) => F

type Methods = Readonly<Record<string, Method<unknown>>>

/** The methods of a table, with the documentation of its entries. */
export type Service<M extends Methods> = { readonly [Name in keyof M]: ReturnType<M[Name]> }

/** The tag of a service, with its layer. */
export interface ServiceClass<Self, Name extends string, S>
  extends Context.TagClass<Self, `@effect-pixxel/client/${Name}`, S> {
  /** Builds the service over a `PixxelHttpClient`. */
  readonly layer: Layer.Layer<Self, never, PixxelHttpClient>
}

/** The table of the methods of a service, or an effect that makes it once, with what the methods share. */
type Table<M extends Methods> = M | Effect.Effect<M, never, PixxelHttpClient>

/** Makes the class of a service of the table of its methods. */
export const service =
  <Self>() =>
  <const Name extends string, M extends Methods>(name: Name, table: Table<M>): ServiceClass<Self, Name, Service<M>> => {
    const Tag = Context.Tag(`@effect-pixxel/client/${name}`)<Self, Service<M>>()
    const make = Effect.zipWith(
      Connection,
      Effect.isEffect(table) ? table : Effect.succeed(table),
      (http, methods) =>
        // the entries have the names of the table
        Record.map(methods, (method) => method(http)) as Service<M>
    )
    return Object.assign(Tag, { layer: Layer.effect(Tag, make) })
  }

/** The input of a call, which may be left out if all of its arguments may. */
type Input<I> = keyof I extends never ? [] : {} extends I ? [input?: I] : [input: I]

const inputOf = <I>([input]: Input<I>): I => (input ?? {}) as I // an input that is left out has no arguments

/** Answers the success of an operation. */
export const one =
  <A, I extends object>(row: calls.Repeatable<A, I>): Method<(...input: Input<I>) => Effect.Effect<A, HttpError>> =>
  (http) =>
  (...input) =>
    calls.call(http, row, inputOf<I>(input))

/** Like `one`, after a check of the input. */
export const checked =
  <A, I extends object>(
    row: calls.Repeatable<A, I>,
    differencesOf: (input: I) => ReadonlyArray<Difference>
  ): Method<(...input: Input<I>) => Effect.Effect<A, HttpError | PixxelInvalidInput>> =>
  (http) =>
  (...input) =>
    Effect.zipRight(checkInput(row, differencesOf(inputOf<I>(input))), one(row)(http)(...input))

/** Answers a part of the success of an operation. */
const part =
  <A, I extends object, B>(
    row: calls.Repeatable<A, I>,
    pick: (answer: A) => B
  ): Method<(...input: Input<I>) => Effect.Effect<B, HttpError>> =>
  (http) =>
  (...input) =>
    Effect.map(calls.call(http, row, inputOf<I>(input)), pick)

/** Answers the list of an operation without pages. */
export const items = <A, I extends object>(row: calls.Repeatable<{ readonly items: ReadonlyArray<A> }, I>) =>
  part(row, ({ items }) => items)

/** Answers one page of a list. */
export const page = <P, I extends object>(row: calls.Repeatable<{ readonly page: P }, I>) =>
  part(row, ({ page }) => page)

/** Streams the items of all pages of a list. */
export const all =
  <A extends { readonly id: string }, I extends object>(
    row: Endpoint<Page<A>, I, "none", "safe">
  ): Method<(...input: Input<I>) => Stream.Stream<A, HttpError>> =>
  (http) =>
  (...input) =>
    calls.callAll(http, row, inputOf<I>(input))
