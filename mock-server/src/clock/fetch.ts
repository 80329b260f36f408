/**
 * Converts the arguments of a caller's `fetch`, and its result, for the `fetch` of undici: a `Request` or its parts,
 * also those of another realm (jsdom has its own `AbortSignal`, `Headers` and `FormData`).
 */
import { File } from "node:buffer"
import * as util from "node:util"
// by its file: see `transport`
import { FormData, Headers, type HeadersInit as UndiciHeadersInit, Request as UndiciRequest } from "undici/index.js"
import type { Exchange } from "./Exchange.js"
import { streamFrom, WebStream } from "./streams.js"
import type { WorldTime } from "./WorldTime.js"

/** Members of an `AbortSignal` in every realm. */
type Signal = Pick<AbortSignal, "aborted" | "reason" | "addEventListener" | "removeEventListener">

/** A call of `fetch`. The other options are passed to undici unchanged. */
export interface Call extends Omit<RequestInit, "headers" | "signal" | "body"> {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly signal: Signal | undefined
  readonly body: unknown
  /** Whether the body comes from a `Request`, which hides its source. */
  readonly isRead: boolean
}

const tagOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1)

/** Recognises a `Request` of any realm. */
const isRequest = (input: unknown): input is Request => tagOf(input) === "Request"

/** Reads the arguments as `new Request(input, init)` does: members of `init` override those of the request. */
export const describeCall = (input: string | URL | Request, init: RequestInit = {}): Call => {
  const { body = null, headers, method, signal, ...options } = init
  const request = isRequest(input) ? input : undefined
  const own = body === null ? (request?.body ?? null) : null
  if (body === null && request?.bodyUsed === true) {
    throw new TypeError("cannot send a Request whose body has been read: send a clone of it")
  }
  return {
    ...(request && { redirect: request.redirect }),
    ...options,
    url: request?.url ?? String(input),
    method: method ?? request?.method ?? "GET",
    headers: headersOf(headers ?? request?.headers),
    signal: (signal === undefined ? request?.signal : signal) ?? undefined,
    body: own ?? body,
    isRead: own !== null
  }
}

/** Copies headers; those of another realm are read as pairs. */
const headersOf = (headers: RequestInit["headers"]): Headers =>
  // undici's type of headers differs from the DOM's
  new Headers(
    (tagOf(headers) === "Headers" ? [...(headers as Iterable<[string, string]>)] : headers) as UndiciHeadersInit
  )

const knowsSignal = new WeakMap<object, boolean>()

/** Whether undici accepts a signal of this class; it compares with the global class at the time it loaded. */
const isKnown = ({ constructor, signal }: { readonly constructor: object; readonly signal: AbortSignal }): boolean => {
  const known = knowsSignal.get(constructor)
  if (known !== undefined) return known
  try {
    new UndiciRequest("http://localhost", { signal })
    knowsSignal.set(constructor, true)
  } catch {
    knowsSignal.set(constructor, false)
  }
  return isKnown({ constructor, signal })
}

/** Makes an `AbortController` for undici: the global class may belong to another realm than undici's. */
export const makeController = (): AbortController => {
  const controller = new AbortController()
  return isKnown(controller) ? controller : util.transferableAbortController()
}

// --- bodies ---

/** Longest body of a `Request` that is sent as bytes; a longer one is sent as a stream. */
const mostGathered = 1_048_576

/**
 * Collects the body of a `Request`, which is always a stream. A body that is available now is sent as bytes with a
 * length, as Node's `fetch` does; if the program has to wait to make the rest, the body stays a stream.
 */
const gather = async (source: ReadableStream<Uint8Array>, time: WorldTime): Promise<Body> => {
  const reader = source.getReader()
  const pieces: Array<Uint8Array> = []
  let size = 0
  let cancel = (): unknown => undefined
  const quiet = new Promise<undefined>((resolve) => {
    cancel = time.after(0, () => resolve(undefined))
  })
  while (true) {
    const next = reader.read()
    const read = await Promise.race([next, quiet])
    if (read === undefined || size > mostGathered) return continueWith(pieces, next, reader)
    if (read.done) {
      cancel()
      return Buffer.concat(pieces)
    }
    pieces.push(read.value)
    size += read.value.byteLength
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

const continueWith = (pieces: Array<Uint8Array>, next: ReturnType<Reader["read"]>, reader: Reader) => {
  let read: ReturnType<Reader["read"]> | undefined = next
  return new WebStream<Uint8Array>(
    {
      pull: async (controller) => {
        const piece = pieces.shift()
        if (piece !== undefined) return controller.enqueue(piece)
        const { done, value } = await (read ?? reader.read())
        read = undefined
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason)
    },
    { highWaterMark: 0 }
  )
}

const formOf = async (form: Iterable<[string, string | File]>): Promise<FormData> => {
  const copy = new FormData()
  for (const [name, value] of form) {
    if (typeof value === "string") copy.append(name, value)
    else copy.append(name, new File([new Uint8Array(await value.arrayBuffer())], value.name, { type: value.type }))
  }
  return copy
}

/** A body that undici accepts. */
export type Body = BodyInit | Uint8Array | ReadableStream<Uint8Array> | FormData | null

/** Converts the body of a call to the classes of undici; `exchange` counts the chunks of a stream. */
export const sendable = async ({ body, headers, isRead }: Call, time: WorldTime, exchange: Exchange): Promise<Body> => {
  const defaultType = (type: string) => {
    if (type !== "" && !headers.has("content-type")) headers.set("content-type", type)
  }
  // each assertion repeats what the tag says
  switch (tagOf(body)) {
    case "ReadableStream": {
      const stream = body as ReadableStream<Uint8Array>
      const whole = isRead ? await exchange.whileProducing(() => gather(stream, time)) : stream
      return isStream(whole) ? exchange.upload(whole) : whole
    }
    case "FormData":
      return formOf(body as Iterable<[string, string | File]>)
    case "Blob":
    case "File":
      defaultType((body as Blob).type)
      return new Uint8Array(await (body as Blob).arrayBuffer())
    case "URLSearchParams":
      defaultType("application/x-www-form-urlencoded;charset=UTF-8")
      return String(body)
    default:
      return isAsyncIterable(body) ? exchange.upload(streamFrom(body)) : (body as Body)
  }
}

export const isStream = (body: Body): body is ReadableStream<Uint8Array> => tagOf(body) === "ReadableStream"

const isAsyncIterable = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === "object" && body !== null && Symbol.asyncIterator in body

// --- answers ---

/** Makes a response with this body and the `url`, `redirected` and `type` of `from`. */
export const responseOf = (body: ReadableStream<Uint8Array> | null, from: Response): Response =>
  // the DOM's type of a stream differs from Node's
  describeAs(new Response(body as BodyInit | null, from), from)

const describeAs = (response: Response, { redirected, type, url }: Response): Response =>
  Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
    clone: { value: () => describeAs(Response.prototype.clone.call(response), response) }
  })
