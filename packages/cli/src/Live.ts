/**
 * Lines that are redrawn in place on a terminal. What else is printed meanwhile goes above them.
 */
import { widthOf } from "./render/plain.js"
import type { Screen } from "./Screen.js"

export interface Live {
  /** Puts these lines in the place of the last ones. */
  readonly draw: (lines: ReadonlyArray<string>) => void
  /** Prints a text above them. */
  readonly print: (text: string) => void
  /** Takes them away. */
  readonly erase: () => void
  /** Leaves them where they are; the next ones come below. */
  readonly leave: () => void
}

const up = (rows: number) => (rows === 0 ? "" : `\u001b[${rows}A`)
const toEndOfScreen = "\u001b[J"
const toEndOfLine = "\u001b[K"
const hideCursor = "\u001b[?25l"
const showCursor = "\u001b[?25h"

/** Over what the terminal has shown of a Ctrl-C. */
const toBeginOfLine = `\r${toEndOfLine}`

/** On a screen that is no terminal nothing can be drawn, and what is printed is all that is written. */
export const make = (write: (text: string) => void, screen: Screen): Live => {
  let drawn: ReadonlyArray<string> = []

  /** To where the lines begin. A terminal that was made narrower since has broken them. */
  const back = () => {
    const width = Math.max(1, screen.style().width)
    return up(drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / width)), 0))
  }
  const framed = (lines: ReadonlyArray<string>) => lines.map((line) => `${line}${toEndOfLine}\n`).join("")

  return {
    draw: (lines) => {
      // in one write, so that no half is ever seen
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
