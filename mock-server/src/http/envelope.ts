/**
 * Errors of the API: `{"error":{"code","message","details"}}` (documented). No value of `code` is documented; the mock
 * uses its own. The messages address the developer of the client.
 */
import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { FastifyError } from "fastify"
import { seconds } from "../core/Duration.js"

export class ApiError extends Error {
  override readonly name = "ApiError"
  readonly status: number
  readonly code: string
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(status: number, code: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }

  get body(): Record<string, unknown> {
    const { code, details, message } = this
    return { error: { code, message, ...(details === undefined ? {} : { details }) } }
  }
}

/** Makes the answer of the object store to an expired signed URL. */
export const expired = (): ApiError => new ApiError(403, "AccessDenied", "Request has expired")

/** Codes of client errors that Fastify detects, by status. */
const codes: Readonly<Record<number, string>> = {
  400: "bad_request",
  408: "request_timeout",
  413: "payload_too_large",
  414: "uri_too_long",
  415: "unsupported_media_type",
  431: "headers_too_large"
}

/** Converts any failure to an answer. Failures of the mock itself reveal no internals. */
export const toApiError = (error: Partial<FastifyError>): ApiError => {
  if (error instanceof ApiError) return error
  const code = codes[error.statusCode ?? 500]
  return error.statusCode !== undefined && code !== undefined
    ? new ApiError(error.statusCode, code, error.message ?? code)
    : new ApiError(500, "internal", "The mock server failed: this is a defect of the mock, not of the request.")
}

const parserErrors: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

/**
 * Answers on the socket to a message that never becomes a request: it is not HTTP, or does not arrive in time.
 * `requestTimeout` is in milliseconds.
 */
export const answerParserError =
  (requestTimeout: number) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    const response: ServerResponse | null | undefined = Reflect.get(socket, "_httpMessage")
    // after a head was sent, a second one would be part of the first answer's body
    if (socket.writable && error.code !== "ECONNRESET" && response?.headersSent !== true) {
      const status = parserErrors[error.code ?? ""] ?? 400
      const message =
        status === 408
          ? `The request did not arrive in time: expected its head and body within ${seconds(requestTimeout)}.`
          : "The message is not valid HTTP/1.1."
      const body = JSON.stringify(new ApiError(status, codes[status] ?? "bad_request", message).body)
      const head = `HTTP/1.1 ${status} Error\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close`
      socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    }
    socket.destroy(error)
  }
