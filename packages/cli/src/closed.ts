/** Recognises writes that failed for a missing reader: `| head` has ended, or the terminal is closed. */

const codes = new Set(["EPIPE", "ECONNRESET", "EOF", "ERR_STREAM_DESTROYED"])

/** Whether the reader of a stream is gone. EIO means a closed terminal, and a disk failure on other streams. */
export const isReaderGone = (error: Error, stream: object): boolean => {
  const code = "code" in error && typeof error.code === "string" ? error.code : ""
  return codes.has(code) || (code === "EIO" && "isTTY" in stream && stream.isTTY === true)
}
