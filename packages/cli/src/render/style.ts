/**
 * The width, colours and characters of a text. Text for a pipe or a file has unlimited width and no colours, because
 * programs read it.
 */
import { styleText } from "node:util"

export interface Style {
  /** The width in columns; `Infinity` without a terminal. */
  readonly width: number
  readonly colours: boolean
  /** Whether drawings may have other characters than those of ASCII. */
  readonly unicode: boolean
}

export const unstyled: Style = { width: Number.POSITIVE_INFINITY, colours: false, unicode: true }

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan"

/** Colours a text, if colours are enabled. Coloured texts must not be nested. */
export const paint = ({ colours }: Style, colour: Colour | undefined, text: string): string =>
  // `colours` decides, not Node's look at stdout
  !colours || colour === undefined || text === "" ? text : styleText(colour, text, { validateStream: false })
