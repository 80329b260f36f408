/**
 * Reads the body of an answer as text, in the same way on every transport: size-limited, decompressed unless the
 * transport did so, without a byte order mark.
 *
 * `fetch` decompresses and leaves `Content-Encoding` in place; Node's HTTP and undici's `request` do not decompress. So
 * the bytes decide, not the header: JSON never begins like a gzip or zlib stream. Brotli has no magic number: a body
 * with the header `br` is decompressed only if it is not JSON, by `Decompression` or the platform.
 */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
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
}

/** The transport itself reads bodies up to this length, in one piece. */
const small = 1_048_576

const headerOf = ({ headers }: HttpClientResponse.HttpClientResponse, name: string) =>
  headers[name]?.trim().toLowerCase() ?? ""

type Chunks = ReadonlyArray<Uint8Array>

const textOf = (chunks: Chunks): string => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode()
}

const beginOf = (chunks: Chunks): string => textOf(chunks.slice(0, 1).map((chunk) => chunk.subarray(0, 1024)))

const withoutMark = (text: string): string => {
  let begin = 0
  while (text.charCodeAt(begin) === 0xfeff) begin++
  return text.slice(begin)
}

const tooLong = (limit: number, chunks: Chunks) =>
  new Unreadable({ expected: `JSON of no more than ${limit} bytes`, found: "more", begin: beginOf(chunks) })

/**
 * Collects bytes up to a limit. Pulls them, because a running stream has its own fiber, which would write an error with
 * the server's text to the debug log.
 */
const collect = <E>(bytes: Stream.Stream<Uint8Array, E>, limit: number): Effect.Effect<Chunks, E | Unreadable> =>
  Effect.scoped(
    Effect.gen(function* () {
      const pull = yield* Stream.toPull(bytes)
      const chunks: Array<Uint8Array> = []
      let length = 0
      while (true) {
        const next = yield* Effect.either(pull)
        if (Either.isLeft(next)) return Option.isSome(next.left) ? yield* Effect.fail(next.left.value) : chunks
        for (const chunk of next.right) {
          chunks.push(chunk)
          length += chunk.length
        }
        if (length > limit) return yield* tooLong(limit, chunks)
      }
    })
  )

// --- content codings ---

const twoBytes = (chunks: Chunks): readonly [number, number] => {
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

const cannotDecompress = (coding: string, chunks: Chunks) =>
  new Unreadable({ expected: "JSON", found: `impossible to decompress as ${coding}`, begin: beginOf(chunks) })

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
          expected: "JSON",
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
          () => cannotDecompress(coding, chunks)
        ),
        options.limit
      )
    }
  })

const isJson = (text: string): boolean => {
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
): Effect.Effect<string, Unreadable> => {
  const last = codings.at(-1) ?? ""
  const inner = (coding: string, format: string) =>
    decompressed === mostCodings
      ? Effect.fail(cannotDecompress(coding, chunks))
      : Effect.flatMap(decompress(chunks, coding, format, options), (bytes) =>
          plain(bytes, codings.slice(0, -1), options, decompressed + 1)
        )
  const visible = visibleCoding(chunks, last)
  if (visible !== undefined) return inner(visible, visible)
  const text = withoutMark(textOf(chunks))
  const format = unmarked[last]
  return format === undefined || text.trim() === "" || isJson(text) ? Effect.succeed(text) : inner(last, format)
}

// --- a body ---

/** Reads the body as text. Limits both the bytes read and the decompressed bytes to `limit`. */
export const read = (
  response: HttpClientResponse.HttpClientResponse,
  options: Options
): Effect.Effect<string, HttpClientError.ResponseError | Unreadable> => {
  const codings = headerOf(response, "content-encoding")
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
  return Effect.flatMap(
    Effect.catchIf(
      bytesOf(response, codings.length > 0, options.limit),
      (error) => error._tag === "ResponseError" && error.reason === "EmptyBody",
      () => Effect.succeed<Chunks>([])
    ),
    (chunks) => plain(chunks, codings, options)
  )
}

const bytesOf = (
  response: HttpClientResponse.HttpClientResponse,
  isCoded: boolean,
  limit: number
): Effect.Effect<Chunks, HttpClientError.ResponseError | Unreadable> => {
  const length = headerOf(response, "content-length")
  const declared = /^\d+$/.test(length) ? Number(length) : Number.NaN
  if (declared > limit) return Effect.zipRight(leave(response), Effect.fail(tooLong(limit, [])))
  return !isCoded && declared <= small
    ? Effect.map(response.arrayBuffer, (buffer) => [new Uint8Array(buffer)])
    : collect(response.stream, limit)
}

/** Ends the connection without reading the body. */
const leave = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Stream.runDrain(
    Stream.take(
      Stream.catchAll(response.stream, () => Stream.empty),
      0
    )
  )
