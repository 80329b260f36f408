/**
 * The other end of a stream: a terminal, with its size and its colours, or something that no person looks at.
 */
import type { Writable } from "node:stream"
import { type Style, unstyled } from "./render/style.js"

export interface Screen {
  /** Whether a person looks at it. A dumb terminal counts. */
  readonly isAttended: boolean
  /** Whether lines can be redrawn. */
  readonly isTerminal: boolean
  /** As it is now: the window may have been made wider. */
  readonly style: () => Style
  /** In lines. */
  readonly height: () => number
}

type Variables = Readonly<Record<string, string | undefined>>

interface Sized {
  readonly columns?: number
  readonly rows?: number
}

/** Of the variables, NO_COLOR comes first. FORCE_COLOR also colours what goes into a pipe. */
const hasColours = (isTerminal: boolean, { FORCE_COLOR, NO_COLOR }: Variables): boolean => {
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false"
  return isTerminal
}

export const of = (stream: Writable & Sized, env: Variables): Screen => {
  // a dumb terminal cannot move its cursor, and shows codes of colours as they are
  const isAttended = "isTTY" in stream && stream.isTTY === true
  const isTerminal = isAttended && env["TERM"] !== "dumb"
  const colours = hasColours(isTerminal, env)
  return {
    isAttended,
    isTerminal,
    style: () => ({ colours, width: isTerminal ? (stream.columns ?? 80) : unstyled.width }),
    height: () => stream.rows ?? 24
  }
}
