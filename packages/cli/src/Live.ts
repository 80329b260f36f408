/** Redraws lines in place on a terminal. Prints other text above them. */
import { widthOf } from "./render/plain.js"
import type { Screen } from "./Screen.js"

export type Live = ReturnType<typeof make>

const up = (rows: number) => (rows === 0 ? "" : `\u001b[${rows}A`)
const toEndOfScreen = "\u001b[J"
const toEndOfLine = "\u001b[K"
const hideCursor = "\u001b[?25l"
const showCursor = "\u001b[?25h"

/** Overwrites the terminal's echo of Ctrl-C. */
const toBeginOfLine = `\r${toEndOfLine}`

/** Without a terminal, only `print` writes. */
export const make = (write: (text: string) => void, screen: Screen) => {
  let drawn: ReadonlyArray<string> = []

  /** Moves to the first drawn line. A terminal that became narrower has wrapped the lines. */
  const back = () => {
    const width = Math.max(1, screen.style().width)
    return up(drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / width)), 0))
  }
  const framed = (lines: ReadonlyArray<string>) => lines.map((line) => `${line}${toEndOfLine}\n`).join("")

  return {
    /** Replaces the last drawn lines. */
    draw: (lines: ReadonlyArray<string>) => {
      // in one write, so that no partial frame is visible
      write(`${drawn.length === 0 ? hideCursor : back()}${framed(lines)}${toEndOfScreen}`)
      drawn = lines
    },
    /** Prints a text above the lines. */
    print: (text: string) => {
      if (!screen.isTerminal) write(text)
      else write(drawn.length === 0 ? `${toBeginOfLine}${text}` : `${back()}${toEndOfScreen}${text}${framed(drawn)}`)
    },
    /** Removes the lines, which a result replaces, or leaves them in place; the next lines follow below. */
    end: (isReplaced: boolean) => {
      if (drawn.length > 0) write(isReplaced ? `${back()}${toEndOfScreen}${showCursor}` : showCursor)
      drawn = []
    }
  }
}
