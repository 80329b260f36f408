/** The server's id of a request. */
import * as Option from "effect/Option"
import type { Scrub } from "./redact.js"

const names = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-amz-request-id"]

/** Reads the id from the headers of an answer, without the secrets that a server echoes. */
export const requestIdOf = (
  headers: Readonly<Record<string, string | undefined>>,
  scrub: Scrub
): Option.Option<string> =>
  Option.map(Option.fromNullable(names.map((name) => headers[name]).find((value) => value !== undefined)), (value) =>
    scrub.text(value).slice(0, 256)
  )
