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
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Decompression } from "../Decompression.js"

/** A body that cannot be read as text, and its beginning. */
export class Unreadable extends Data.TaggedError("Unreadable")<{
  readonly expected: string
  readonly found: string
  readonly begin: string
}> {}

export interface Options {
  /** In bytes. */
  readonly limit: number
  readonly decompression: Option.Option<Decompression.Service>
  /** The kind of the content: `JSON`, or a media type. */
  readonly expected: string
}

/** The transport itself reads bodies up to this length, in one piece. */
const small = 1_048_576

type Headers = Readonly<Record<string, string | undefined>>

const headerOf = (headers: Headers, name: string) => headers[name]?.trim().toLowerCase() ?? ""

export type Chunks = ReadonlyArray<Uint8Array>

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const decode = (chunks: Chunks): string => {
  const [first, second] = chunks
  if (second === undefined) return first === undefined ? "" : decoder.decode(first)
  // A character may begin in one chunk and end in the next.
  const streaming = new TextDecoder("utf-8", { ignoreBOM: true })
  return chunks.map((chunk) => streaming.decode(chunk, { stream: true })).join("") + streaming.decode()
}

/** The text of a body, without a byte order mark. */
export const textOf = (chunks: Chunks): string => {
  const text = decode(chunks)
  let begin = 0
  while (text.charCodeAt(begin) === 0xfeff) begin++
  return begin === 0 ? text : text.slice(begin)
}

/** The bytes of a body in one piece. */
export const bytesOf = (chunks: Chunks): Uint8Array => {
  const [first, second] = chunks
  if (first !== undefined && second === undefined) return first
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const beginOf = (chunks: Chunks): string => decode(chunks.slice(0, 1).map((chunk) => chunk.subarray(0, 1024)))

const tooLong = ({ expected, limit }: Options, chunks: Chunks) =>
  new Unreadable({ expected: `${expected} of no more than ${limit} bytes`, found: "more", begin: beginOf(chunks) })

/**
 * Collects bytes up to a limit. Pulls them, because a running stream has its own fiber, which would write an error with
 * the server's text to the debug log.
 */
const collect = <E>(bytes: Stream.Stream<Uint8Array, E>, options: Options): Effect.Effect<Chunks, E | Unreadable> =>
  Effect.scoped(
    Effect.gen(function* () {
      const pull = yield* Stream.toPull(bytes)
      const chunks: Array<Uint8Array> = []
      let length = 0
      while (true) {
        const next = yield* pull.pipe(
          Effect.asSome,
          Effect.catchAll(Option.match({ onNone: () => Effect.succeedNone, onSome: (error) => Effect.fail(error) }))
        )
        if (Option.isNone(next)) return chunks
        for (const chunk of next.value) {
          chunks.push(chunk)
          length += chunk.length
        }
        if (length > options.limit) return yield* tooLong(options, chunks)
      }
    })
  )

// --- content codings ---

const twoBytes = (chunks: Chunks): readonly [number, number] => {
  const [one, two] = chunks[0] ?? []
  if (one !== undefined && two !== undefined) return [one, two]
  const bytes = chunks.filter(({ length }) => length > 0).slice(0, 2)
  const [first = -1, second = -1] = bytes.flatMap((chunk) => Array.from(chunk.subarray(0, 2)))
  return [first, second]
}

/** The coding visible in the first bytes. JSON never begins so. */
const visibleCoding = (chunks: Chunks, coding: string): "gzip" | "deflate" | undefined => {
  const [first, second] = twoBytes(chunks)
  if (first === 0x1f && second === 0x8b) return "gzip"
  // The header of a zlib stream with the usual window. A text that begins with `x` may look the same.
  return coding === "deflate" && first === 0x78 && (first * 256 + second) % 31 === 0 ? "deflate" : undefined
}

/** Codings without a magic number: from their names in `Content-Encoding` to the platform's names. */
const unmarked: Readonly<Record<string, string>> = { deflate: "deflate-raw", br: "brotli" }

type Bytes = ReadableStream<Uint8Array>

/** Finds a decompressor: the service of the application, or the platform's, if it supports the coding. */
const decompressing = (format: string, { decompression }: Options): Option.Option<(compressed: Bytes) => Bytes> => {
  if (format === "brotli" && Option.isSome(decompression)) return Option.some(decompression.value.brotli)
  try {
    // The type lists only the formats of current browsers.
    const { readable, writable } = new DecompressionStream(format as CompressionFormat)
    return Option.some((compressed) => {
      // A failed write fails the read too. Transports never use shared memory.
      ;(compressed as ReadableStream<BufferSource>).pipeTo(writable).catch(() => {})
      return readable
    })
  } catch {
    return Option.none()
  }
}

const cannotDecompress = (coding: string, chunks: Chunks, { expected }: Options) =>
  new Unreadable({ expected, found: `impossible to decompress as ${coding}`, begin: beginOf(chunks) })

const decompress = (
  chunks: Chunks,
  coding: string,
  format: string,
  options: Options
): Effect.Effect<Chunks, Unreadable> =>
  Option.match(decompressing(format, options), {
    onNone: () =>
      Effect.fail(
        new Unreadable({
          expected: options.expected,
          found: `compressed as ${coding}, which this platform cannot decompress,`,
          begin: ""
        })
      ),
    onSome: (decompressed) => {
      const compressed = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const chunk of chunks) controller.enqueue(chunk)
          controller.close()
        }
      })
      return collect(
        Stream.fromReadableStream(
          () => decompressed(compressed),
          () => cannotDecompress(coding, chunks, options)
        ),
        options
      )
    }
  })

/** Whether a text is already plain, although the headers name a coding without a magic number. */
const isPlain = (text: string, { expected }: Options): boolean => {
  if (text.trim() === "") return true
  if (expected !== "JSON") return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Several hops may each have compressed a body. */
const mostCodings = 4

const plain = (
  chunks: Chunks,
  codings: ReadonlyArray<string>,
  options: Options,
  decompressed = 0
): Effect.Effect<Chunks, Unreadable> => {
  const last = codings.at(-1) ?? ""
  const inner = (coding: string, format: string) =>
    decompressed === mostCodings
      ? Effect.fail(cannotDecompress(coding, chunks, options))
      : Effect.flatMap(decompress(chunks, coding, format, options), (bytes) =>
          plain(bytes, codings.slice(0, -1), options, decompressed + 1)
        )
  const visible = visibleCoding(chunks, last)
  if (visible !== undefined) return inner(visible, visible)
  const format = unmarked[last]
  if (format === undefined || isPlain(textOf(chunks), options)) return Effect.succeed(chunks)
  // Only JSON can be told from a body that the transport has decompressed.
  return options.expected === "JSON" ? inner(last, format) : Effect.orElseSucceed(inner(last, format), () => chunks)
}

// --- a body ---

const codingsOf = (headers: Headers): ReadonlyArray<string> => {
  const coding = headerOf(headers, "content-encoding")
  return coding === "" || coding === "identity"
    ? []
    : coding
        .split(",")
        .map((it) => it.trim())
        .filter((it) => it !== "" && it !== "identity")
}

/** Reads the body. Limits both the bytes read and the decompressed bytes to `limit`. */
export const read = (
  response: HttpClientResponse.HttpClientResponse,
  headers: Headers,
  options: Options
): Effect.Effect<Chunks, HttpClientError.ResponseError | Unreadable> => {
  const codings = codingsOf(headers)
  const length = headerOf(headers, "content-length")
  const declared = /^\d+$/.test(length) ? Number(length) : Number.NaN
  if (declared > options.limit) return Effect.zipRight(leave(response), Effect.fail(tooLong(options, [])))
  const received =
    codings.length === 0 && declared <= small
      ? Effect.map(response.arrayBuffer, (buffer): Chunks => [new Uint8Array(buffer)])
      : collect(response.stream, options)
  return Effect.matchEffect(received, {
    onSuccess: (chunks) => plain(chunks, codings, options),
    onFailure: (error) =>
      error._tag === "ResponseError" && error.reason === "EmptyBody" ? Effect.succeed([]) : Effect.fail(error)
  })
}

/** Ends the connection without reading the body. */
const leave = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Stream.runDrain(
    Stream.take(
      Stream.catchAll(response.stream, () => Stream.empty),
      0
    )
  )
