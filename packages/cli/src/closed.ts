/**
 * Recognises a write that failed because nothing reads the stream any more: `| head` has ended, or the terminal is
 * closed.
 */

const codes = new Set(["EPIPE", "ECONNRESET", "EOF", "ERR_STREAM_DESTROYED"])

/** Whether the reader of a stream has gone. On a terminal, EIO says that it was closed; elsewhere a disk failed. */
export const isReaderGone = (error: Error, stream: object): boolean => {
  const code = "code" in error && typeof error.code === "string" ? error.code : ""
  return codes.has(code) || (code === "EIO" && "isTTY" in stream && stream.isTTY === true)
}
