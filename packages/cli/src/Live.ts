/** Redraws lines in place on a terminal. Prints other text above them. */
import { widthOf } from "./render/plain.js"
import type { Screen } from "./Screen.js"

export interface Live {
  /** Replaces the last drawn lines. */
  readonly draw: (lines: ReadonlyArray<string>) => void
  /** Prints a text above the lines. */
  readonly print: (text: string) => void
  /** Removes the lines. */
  readonly erase: () => void
  /** Leaves the lines in place; the next lines follow below. */
  readonly leave: () => void
}

const up = (rows: number) => (rows === 0 ? "" : `\u001b[${rows}A`)
const toEndOfScreen = "\u001b[J"
const toEndOfLine = "\u001b[K"
const hideCursor = "\u001b[?25l"
const showCursor = "\u001b[?25h"

/** Overwrites the terminal's echo of Ctrl-C. */
const toBeginOfLine = `\r${toEndOfLine}`

/** Without a terminal, only `print` writes. */
export const make = (write: (text: string) => void, screen: Screen): Live => {
  let drawn: ReadonlyArray<string> = []

  /** Moves to the first drawn line. A terminal that became narrower has wrapped the lines. */
  const back = () => {
    const width = Math.max(1, screen.style().width)
    return up(drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / width)), 0))
  }
  const framed = (lines: ReadonlyArray<string>) => lines.map((line) => `${line}${toEndOfLine}\n`).join("")

  return {
    draw: (lines) => {
      // in one write, so that no partial frame is visible
      write(`${drawn.length === 0 ? hideCursor : back()}${framed(lines)}${toEndOfScreen}`)
      drawn = lines
    },
    print: (text) => {
      if (!screen.isTerminal) write(text)
      else write(drawn.length === 0 ? `${toBeginOfLine}${text}` : `${back()}${toEndOfScreen}${text}${framed(drawn)}`)
    },
    erase: () => {
      if (drawn.length > 0) write(`${back()}${toEndOfScreen}${showCursor}`)
      drawn = []
    },
    leave: () => {
      if (drawn.length > 0) write(showCursor)
      drawn = []
    }
  }
}
