/**
 * How the API says no: `{"error":{"code","message","details"}}` (documented). No value of `code` is documented
 * anywhere; these are the mock's own. The messages are written for the developer whose request was wrong.
 */
import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { FastifyError } from "fastify"
import { seconds } from "../core/Duration.js"

/** An answer other than success, thrown by whoever finds the reason. */
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

/** Errors that have a status of their own and are not the mock's fault. */
const codes: Readonly<Record<number, string>> = {
  400: "bad_request",
  408: "request_timeout",
  413: "payload_too_large",
  414: "uri_too_long",
  415: "unsupported_media_type",
  431: "headers_too_large"
}

/** Any failure as an answer. What is not the client's fault tells nothing of the inside. */
export const toApiError = (error: Partial<FastifyError>): ApiError => {
  if (error instanceof ApiError) return error
  const code = codes[error.statusCode ?? 500]
  return error.statusCode !== undefined && code !== undefined
    ? new ApiError(error.statusCode, code, error.message ?? code)
    : new ApiError(500, "internal", "The mock server itself failed: this is a defect of the mock, not of the request.")
}

const parserErrors: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

/**
 * What is not HTTP, or does not arrive in time, never becomes a request; the answer is written by hand.
 * `requestTimeout` is in milliseconds.
 */
export const answerParserError =
  (requestTimeout: number) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    const response: ServerResponse | null | undefined = Reflect.get(socket, "_httpMessage")
    // after a head was sent, a second one would be read as a part of the first answer's body
    if (socket.writable && error.code !== "ECONNRESET" && response?.headersSent !== true) {
      const status = parserErrors[error.code ?? ""] ?? 400
      const message =
        status === 408
          ? `The request did not arrive in time: expected all of it, head and body, within ${seconds(requestTimeout)}.`
          : "This is not HTTP/1.1."
      const body = JSON.stringify(new ApiError(status, codes[status] ?? "bad_request", message).body)
      const head = `HTTP/1.1 ${status} Error\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close`
      socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    }
    socket.destroy(error)
  }
