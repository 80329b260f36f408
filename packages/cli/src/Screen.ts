/** The device behind a stream: a terminal with a size and colours, or another device without a viewer. */
import type { Writable } from "node:stream"
import { type Style, unstyled } from "./render/style.js"

/** The protocol by which a terminal shows images. */
export type Graphics = "kitty" | "iterm2" | "none"

export type Screen = ReturnType<typeof of>

type Variables = Readonly<Record<string, string | undefined>>

/** NO_COLOR takes precedence. FORCE_COLOR also colours output to a pipe. */
const hasColours = (isTerminal: boolean, { FORCE_COLOR, NO_COLOR }: Variables): boolean => {
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false"
  return isTerminal
}

/**
 * Whether the locale has the characters of Unicode: unless a variable says otherwise, since a container often has none.
 * The console of Linux shows only some of them.
 */
const hasUnicode = ({ LANG, LC_ALL, LC_CTYPE, TERM }: Variables): boolean => {
  const locale = LC_ALL || LC_CTYPE || LANG
  return TERM !== "linux" && (!locale || /utf-?8/i.test(locale))
}

/**
 * Finds the protocol by the variables that terminals document, since a query would wait for terminals that answer none.
 * A multiplexer between the terminal and the program passes no images on.
 */
const graphicsOf = ({ KITTY_WINDOW_ID, LC_TERMINAL, TERM = "", TERM_PROGRAM, TMUX }: Variables): Graphics => {
  if (TMUX || /^(screen|tmux)/.test(TERM)) return "none"
  if (/^xterm-(kitty|ghostty)$/.test(TERM) || TERM_PROGRAM === "ghostty") return "kitty"
  if (/^(iTerm\.app|WezTerm|mintty)$/.test(TERM_PROGRAM ?? "") || LC_TERMINAL === "iTerm2") return "iterm2"
  // another terminal that was started in kitty inherits the window
  return KITTY_WINDOW_ID && !TERM_PROGRAM ? "kitty" : "none"
}

export const of = (stream: Writable & { readonly columns?: number; readonly rows?: number }, env: Variables) => {
  // a dumb terminal cannot move its cursor, and prints colour codes literally
  const isAttended = "isTTY" in stream && stream.isTTY === true
  const isTerminal = isAttended && env["TERM"] !== "dumb"
  const colours = hasColours(isTerminal, env)
  const unicode = hasUnicode(env)
  return {
    /** Whether it is a terminal, dumb ones included. */
    isAttended,
    /** Whether lines can be redrawn. */
    isTerminal,
    /** The current style: the window may have been resized. */
    style: (): Style => ({ colours, unicode, width: isTerminal ? stream.columns || 80 : unstyled.width }),
    /** The height in lines. */
    height: () => stream.rows || 24,
    graphics: graphicsOf(env),
    /** Whether it shows 24-bit colours. */
    isTrueColour: /^(truecolor|24bit)$/.test(env["COLORTERM"] ?? "")
  }
}
