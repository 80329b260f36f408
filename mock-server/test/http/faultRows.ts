/**
 * Every fault once: its form on the command line, over HTTP and in a test, and its effect on clients. The tests run
 * each row, and the mock server's README shows them.
 */

import type { FaultEffect, FaultPlan } from "../../src/core/faults/Plan.js"
import * as Fault from "../../src/Fault.js"
import { HostNotAllowed } from "../../src/hosts.js"

export const reset = "TypeError: fetch failed <- Error ECONNRESET: read ECONNRESET"
export const closed = "TypeError: fetch failed <- SocketError UND_ERR_SOCKET: other side closed"
const thenReset = "then TypeError: terminated <- Error ECONNRESET: read ECONNRESET"
const thenClosed = "then TypeError: terminated <- SocketError UND_ERR_SOCKET: other side closed"
const badChunk =
  "then TypeError: terminated <- HTTPParserError: Response does not match the HTTP/1.1 protocol (Invalid character in chunk size)"

export interface FaultRow {
  readonly what: string
  /** The TypeScript expression of a test. */
  readonly code: string
  /**
   * The result of undici's `fetch` on virtual time: status, bytes, error, and duration. The finished job has 1,981
   * bytes; `all` are those of the package.
   */
  readonly fetch: string
  /**
   * The result of undici's `request` in real time: status and bytes, or the code of the error. `all` are the bytes
   * without the fault, since dates on a whole second are shorter.
   */
  readonly request: string
  /** Default: `getJobById`. */
  readonly on?: "getPackage"
}

export const faultRows: ReadonlyArray<FaultRow> = [
  { what: "a late answer", code: 'Fault.latency("5s")', fetch: "200, 1981 bytes, after 5s", request: "200, all bytes" },
  {
    what: "a status with a body",
    code: "Fault.answer(503, { body: { error: 1 } })",
    fetch: "503, 11 bytes",
    request: "503, 11 bytes"
  },
  { what: "a status without a body", code: "Fault.answer(500)", fetch: "500, 0 bytes", request: "500, 0 bytes" },
  { what: "a success without a body", code: "Fault.answer(204)", fetch: "204, 0 bytes", request: "204, 0 bytes" },
  { what: "the page of a gateway", code: "Fault.gatewayPage", fetch: "502, 94 bytes", request: "502, 94 bytes" },
  {
    what: "a redirect in a loop",
    code: 'Fault.redirect("loop")',
    fetch: "TypeError: fetch failed <- Error: redirect count exceeded",
    request: "302, 0 bytes"
  },
  {
    what: "a redirect in a loop, late each time",
    code: '{ ...Fault.redirect("loop"), ...Fault.latency("1s") }',
    fetch: "TypeError: fetch failed <- Error: redirect count exceeded, after 21s",
    request: "302, 0 bytes"
  },
  {
    what: "a redirect to another host",
    code: 'Fault.redirect("http://elsewhere.test/", 307)',
    fetch: `TypeError: fetch failed <- HostNotAllowed ENOTFOUND: ${new HostNotAllowed(new URL("http://elsewhere.test")).message}`,
    request: "307, 0 bytes"
  },
  { what: "a reset before the request is handled", code: 'Fault.refuse("reset")', fetch: reset, request: "ECONNRESET" },
  {
    what: "a close before the request is handled",
    code: 'Fault.refuse("close")',
    fetch: closed,
    request: "UND_ERR_SOCKET"
  },
  { what: "a server that hangs", code: 'Fault.refuse("hang")', fetch: "nothing for 1m", request: "nothing" },
  { what: "an answer lost to a reset", code: 'Fault.loseAnswer("reset")', fetch: reset, request: "ECONNRESET" },
  { what: "an answer lost to a close", code: 'Fault.loseAnswer("close")', fetch: closed, request: "UND_ERR_SOCKET" },
  { what: "an answer lost forever", code: 'Fault.loseAnswer("hang")', fetch: "nothing for 1m", request: "nothing" },
  { what: "a reset in the middle of the head", code: 'Fault.cutHead("reset")', fetch: reset, request: "ECONNRESET" },
  {
    what: "a close in the middle of the head",
    code: 'Fault.cutHead("close")',
    fetch: closed,
    request: "UND_ERR_SOCKET"
  },
  {
    what: "a stall in the middle of the head",
    code: 'Fault.cutHead("hang")',
    fetch: "nothing for 1m",
    request: "nothing"
  },
  {
    what: "a reset after the head",
    code: 'Fault.cutBody(0, "reset")',
    fetch: `200, 0 bytes, ${thenReset}`,
    request: "200, ECONNRESET"
  },
  {
    what: "a close after the head",
    code: 'Fault.cutBody(0, "close")',
    fetch: `200, 0 bytes, ${thenClosed}`,
    request: "200, UND_ERR_SOCKET"
  },
  {
    what: "a reset after 9 bytes",
    code: 'Fault.cutBody(9, "reset")',
    fetch: `200, 9 bytes, ${thenReset}`,
    request: "200, ECONNRESET"
  },
  {
    what: "a close after 9 bytes",
    code: 'Fault.cutBody(9, "close")',
    fetch: `200, 9 bytes, ${thenClosed}`,
    request: "200, UND_ERR_SOCKET"
  },
  { what: "a stall after 9 bytes", code: 'Fault.cutBody(9, "hang")', fetch: "nothing for 1m", request: "200, nothing" },
  {
    what: "a reset after more bytes than there are",
    code: 'Fault.cutBody(9_999, "reset")',
    fetch: `200, 1981 bytes, ${thenReset}`,
    request: "200, ECONNRESET"
  },
  {
    what: "a slow drip",
    code: 'Fault.drip(100, "1s")',
    fetch: "200, 1981 bytes, after 20s",
    request: "200, all bytes"
  },
  { what: "an empty body", code: 'Fault.body("empty")', fetch: "200, 0 bytes", request: "200, 0 bytes" },
  {
    what: "a malformed body",
    code: 'Fault.body("malformed")',
    fetch: "200, 1982 bytes",
    request: "200, all + 1 bytes"
  },
  { what: "a scrambled body", code: 'Fault.body("scrambled")', fetch: "200, 1981 bytes", request: "200, all bytes" },
  { what: "a body with one wrong byte", code: "Fault.flip(10)", fetch: "200, 1981 bytes", request: "200, all bytes" },
  { what: "a truncated body", code: "Fault.truncate(10)", fetch: "200, 10 bytes", request: "200, 10 bytes" },
  {
    what: "a body that is too large",
    code: "Fault.oversize(5_000_000)",
    fetch: "200, 5000000 bytes",
    request: "200, 5000000 bytes"
  },
  {
    what: "a wrong content type",
    code: 'Fault.contentType("text/html")',
    fetch: "200, 1981 bytes",
    request: "200, all bytes"
  },
  {
    what: "a content length that is too long",
    code: "Fault.contentLengthOff(7)",
    fetch: `200, 1981 bytes, ${thenClosed}`,
    request: "200, UND_ERR_SOCKET"
  },
  {
    what: "a content length that is too short",
    code: "Fault.contentLengthOff(-7)",
    fetch: "200, 1974 bytes",
    request: "200, all - 7 bytes"
  },
  {
    what: "a bad chunk",
    code: "Fault.badChunk",
    fetch: `200, 990 bytes, ${badChunk}`,
    request: "200, HTTPParserError"
  },
  {
    what: "a corrupt gzip",
    code: "Fault.corruptGzip",
    fetch: "200, 0 bytes, then TypeError: terminated <- Error Z_DATA_ERROR: incorrect header check",
    request: "200, all bytes"
  },
  {
    what: "a download that is cut",
    code: 'Fault.cutBody(500, "reset")',
    fetch: `200, 500 bytes, ${thenReset}`,
    request: "200, ECONNRESET",
    on: "getPackage"
  },
  {
    what: "a download that stalls",
    code: 'Fault.cutBody(500, "hang")',
    fetch: "nothing for 1m",
    request: "200, nothing",
    on: "getPackage"
  },
  {
    what: "a download of wrong bytes",
    code: 'Fault.body("scrambled")',
    fetch: "200, all bytes",
    request: "200, all bytes",
    on: "getPackage"
  },
  {
    what: "a download whose URL has expired",
    code: "Fault.expired",
    fetch: "403, 118 bytes",
    request: "403, 118 bytes",
    on: "getPackage"
  },
  {
    what: "a download without Range",
    code: "Fault.noRange",
    fetch: "200, all bytes",
    request: "200, all bytes",
    on: "getPackage"
  }
]

/** Evaluates the code of a row. */
export const effectOf = ({ code }: FaultRow): FaultEffect => new Function("Fault", `return (${code})`)(Fault)

export const planOf = (row: FaultRow): FaultPlan => Fault.plan(Fault.on(row.on ?? "getJobById", effectOf(row)))

/** Writes the plan in three places. */
export const linesOf = (row: FaultRow) => ({
  commandLine: `npx @effect-pixxel/mock-server --faults '${JSON.stringify(planOf(row))}'`,
  http: `PUT /__mock/v1/worlds/w/faults ${JSON.stringify(planOf(row))}`,
  test: `mock.faults.use(Fault.plan(Fault.on("${row.on ?? "getJobById"}", ${row.code})))`
})
