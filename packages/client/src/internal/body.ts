/**
 * Reads the body of an answer in the same way on every transport: size-limited, and decompressed unless the transport
 * did so.
 *
 * `fetch` decompresses and leaves `Content-Encoding` in place; Node's HTTP and undici's `request` do not decompress. So
 * the bytes decide, not the header: JSON never begins like a gzip or zlib stream. Brotli has no magic number: a body
 * with the header `br` is decompressed only if it is not JSON, by `Decompression` or the platform.
 */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Decompression } from "../Decompression.js"

export interface Options {
  /** In bytes. */
  readonly limit: number
  readonly decompression: Option.Option<Decompression.Service>
  /** The kind of the content: `JSON`, or a media type. */
  readonly expected: string
}

/** The transport itself reads bodies up to this length, in one piece. */
const small = 1_048_576

const nothing = new Uint8Array()

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** The text of a body, without a byte order mark. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes).replace(/^\ufeff+/, "")

export const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const beginOf = (bytes: Uint8Array): string => decoder.decode(bytes.subarray(0, 1024))

export const joined = (chunks: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

/** A body that cannot be read as text, and its beginning. */
const unreadable = (expected: string, found: string, begin = "") =>
  ({ _tag: "Unreadable", expected, found, begin }) as const

export type Unreadable = ReturnType<typeof unreadable>

const tooLong = ({ expected, limit }: Options, begin?: string) =>
  Effect.fail(unreadable(`${expected} of no more than ${limit} bytes`, "more", begin))

/**
 * Collects bytes up to a limit. Pulls them, because a running stream has its own fiber, which would write an error with
 * the server's text to the debug log.
 */
const collect = <E>(bytes: Stream.Stream<Uint8Array, E>, options: Options): Effect.Effect<Uint8Array, E | Unreadable> =>
  Effect.scoped(
    Effect.flatMap(Stream.toPull(bytes), (pull) => {
      const chunks: Array<Uint8Array> = []
      let length = 0
      const next: Effect.Effect<Uint8Array, E | Unreadable> = Effect.matchEffect(pull, {
        onFailure: Option.match({
          onNone: () => Effect.succeed(joined(chunks, length)),
          onSome: (error) => Effect.fail(error)
        }),
        onSuccess: (pulled) => {
          for (const chunk of pulled) {
            chunks.push(chunk)
            length += chunk.length
          }
          return length > options.limit ? tooLong(options, beginOf(chunks[0] ?? nothing)) : next
        }
      })
      return next
    })
  )

// --- content codings ---

/** The coding visible in the first bytes. JSON never begins so. */
const visibleCoding = (bytes: Uint8Array, coding: string): "gzip" | "deflate" | undefined => {
  const start = bytes.length < 2 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint16(0)
  if (start === 0x1f8b) return "gzip"
  // The header of a zlib stream with the usual window. A text that begins with `x` may look the same.
  return coding === "deflate" && start >> 8 === 0x78 && start % 31 === 0 ? "deflate" : undefined
}

/** Codings without a magic number: from their names in `Content-Encoding` to the platform's names. */
const unmarked: Readonly<Record<string, string>> = { deflate: "deflate-raw", br: "brotli" }

type Decompress = (compressed: ReadableStream<Uint8Array<ArrayBuffer>>) => ReadableStream<Uint8Array>

/** Finds a decompressor: the service of the application, or the platform's, if it supports the coding. */
const decompressing = (format: string, { decompression }: Options): Decompress | undefined => {
  if (format === "brotli" && Option.isSome(decompression)) return decompression.value.brotli
  try {
    // The type lists only the formats of current browsers.
    const decompressor = new DecompressionStream(format as CompressionFormat)
    return (compressed) => compressed.pipeThrough(decompressor)
  } catch {
    return undefined
  }
}

const decompress = (bytes: Uint8Array, coding: string, format: string, options: Options) => {
  const decompressed = decompressing(format, options)
  if (decompressed === undefined) {
    const found = `compressed as ${coding}, which this platform cannot decompress,`
    return Effect.fail(unreadable(options.expected, found))
  }
  // Transports never use shared memory.
  const compressed = new Blob([bytes as Uint8Array<ArrayBuffer>])
  return collect(
    Stream.fromReadableStream(
      () => decompressed(compressed.stream()),
      () => impossible(bytes, coding, options)
    ),
    options
  )
}

const impossible = (bytes: Uint8Array, coding: string, { expected }: Options) =>
  unreadable(expected, `impossible to decompress as ${coding}`, beginOf(bytes))

/** Whether a text is already plain, although the headers name a coding without a magic number. */
const isPlain = (text: string, { expected }: Options): boolean =>
  text.trim() === "" || (expected === "JSON" && Option.isSome(parseJson(text)))

/** Several hops may each have compressed a body. */
const mostCodings = 4

const plain = (
  bytes: Uint8Array,
  codings: ReadonlyArray<string>,
  options: Options,
  decompressed = 0
): Effect.Effect<Uint8Array, Unreadable> => {
  const last = codings.at(-1) ?? ""
  const inner = (coding: string, format: string) =>
    decompressed === mostCodings
      ? Effect.fail(impossible(bytes, coding, options))
      : Effect.flatMap(decompress(bytes, coding, format, options), (inside) =>
          plain(inside, codings.slice(0, -1), options, decompressed + 1)
        )
  const visible = visibleCoding(bytes, last)
  if (visible !== undefined) return inner(visible, visible)
  const format = unmarked[last]
  if (format === undefined || isPlain(textOf(bytes), options)) return Effect.succeed(bytes)
  // Only JSON can be told from a body that the transport has decompressed.
  return options.expected === "JSON" ? inner(last, format) : Effect.orElseSucceed(inner(last, format), () => bytes)
}

// --- a body ---

const codingsOf = (header: string | undefined): ReadonlyArray<string> =>
  header === undefined
    ? []
    : header
        .toLowerCase()
        .split(",")
        .map((it) => it.trim())
        .filter((it) => it !== "" && it !== "identity")

/** Reads the body. Limits both the bytes read and the decompressed bytes to `limit`. */
export const read = (
  response: HttpClientResponse.HttpClientResponse,
  headers: Readonly<Record<string, string | undefined>>,
  options: Options
): Effect.Effect<Uint8Array, HttpClientError.ResponseError | Unreadable> => {
  const codings = codingsOf(headers["content-encoding"])
  const length = headers["content-length"]?.trim() ?? ""
  const declared = /^\d+$/.test(length) ? Number(length) : NaN
  if (declared > options.limit) return Effect.zipRight(leave(response), tooLong(options))
  const received: Effect.Effect<ArrayBuffer | Uint8Array, HttpClientError.ResponseError | Unreadable> =
    codings.length === 0 && declared <= small ? response.arrayBuffer : collect(response.stream, options)
  return Effect.matchEffect(received, {
    onSuccess: (bytes) => plain(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), codings, options),
    onFailure: (error) =>
      error._tag === "ResponseError" && error.reason === "EmptyBody" ? Effect.succeed(nothing) : Effect.fail(error)
  })
}

/** Ends the connection without reading the body. */
const leave = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  response.stream.pipe(
    Stream.catchAll(() => Stream.empty),
    Stream.take(0),
    Stream.runDrain
  )
