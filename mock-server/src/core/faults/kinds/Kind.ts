/**
 * A kind of fault. Each is a file beside this one and an entry of the list in `index.ts`: fault plans and their check,
 * generated plans, the effect on requests and the rules of conduct follow from that list.
 */
import type { FaultableOperation } from "../../Operations.js"
import type { Path, Problem } from "../../Problem.js"
import type { Schema } from "../../ShapeCheck.js"
import type { World } from "../../World.js"

/** Parts of a request that faults depend on. */
export interface Asked {
  readonly operation: string
  readonly subject: string
  /** Milliseconds since the creation of the youngest job in its answer; absent without a job. */
  readonly age: number | undefined
}

export interface Incoming {
  readonly operation: string
  readonly url: string
  readonly now: number
  /** Milliseconds until the next token of a limit. */
  readonly wait: number
}

export type End = "reset" | "close" | "hang"

/** Replacement of an answer of the API: another answer, the end of the connection, or an error of the API. */
export type Instead =
  | {
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** A text is sent as it is, anything else as JSON. */
      readonly body?: unknown
    }
  | { readonly end: End }
  | { readonly refusal: "expired" | "notFound" }

/** Chunks of a body, which may be larger than memory. */
export type Pieces = AsyncIterable<Buffer> | Iterable<Buffer>

export interface Body {
  readonly pieces: Pieces
  /** In bytes; 0 when unknown. */
  readonly length: number
}

export interface Answer extends Body {
  readonly status: number
  /** Absent for a body of bytes. */
  readonly text: string | undefined
  readonly operation: string
  readonly world: World
}

/** The socket of an answer of the API. */
export interface Wire extends Body {
  /** Whether the answer has no body (HEAD). */
  readonly isOnlyHead: boolean
  head(headers: Readonly<Record<string, string | number>>): void
  halfHead(): void
  unanswered(): void
  send(piece: Buffer): Promise<void>
  first(count: number): Promise<void>
  /** Writes text outside of the body. */
  raw(text: string): void
  wait(millis: number): Promise<void>
  complete(): void
  /** Ends the connection after all bytes sent have arrived. */
  end(by: End): Promise<void>
  /** Closes the connection in an orderly way, without waiting. */
  hangUp(): void
}

/** Values that property tests draw, as data: the stand-alone server has the kinds of faults, and no fast-check. */
export type Draw =
  /** A duration, the shortest one first. */
  | "time"
  /** One of these, the simplest first. */
  | { readonly values: ReadonlyArray<unknown> }
  /** A whole number, the one nearest to 0 first. */
  | { readonly whole: readonly [least: number, most: number] }
  /** An object. Fields that it does not need come last. */
  | { readonly fields: Readonly<Record<string, Draw>>; readonly needs: ReadonlyArray<string> }
  /** One of these, with its weight, the simplest first. */
  | { readonly any: ReadonlyArray<readonly [weight: number, draw: Draw]> }

export interface Kind<Value> {
  /** Field of a rule's `do`. */
  readonly shape: Schema
  /** Values that property tests try. */
  readonly draw: Draw
  /** How often property tests try it, compared with others. Default: 1. */
  readonly weight?: number
  /** Whether a client can read the intended answer nevertheless: late, slow, padded or labelled differently. */
  readonly isHarmless?: true
  /** Operations that can have it. Default: all. */
  readonly operations?: ReadonlyArray<FaultableOperation>
  /** Returns contradictions in a value of the right shape. */
  problems?(value: Value, path: Path): ReadonlyArray<Problem>
  /** Whether it takes effect on this request. Default: on all. */
  isDue?(value: Value, asked: Asked): boolean
  /** Headers of the request that the handler does not see. */
  readonly hides?: ReadonlyArray<string>
  /** Replaces the API's answer; the request is not handled. Undefined: handle it. */
  before?(value: Value, request: Incoming): Instead | undefined
  /** Headers that change; `undefined` removes one. */
  headers?(value: Value): Readonly<Record<string, string | undefined>>
  /** Replaces the body in valid HTTP; undefined keeps it. A stream stays a stream. */
  edit?(value: Value, answer: Answer): Body | undefined
  /** Writes the answer to the socket, past Fastify. */
  write?(value: Value, wire: Wire): Promise<void>
}
