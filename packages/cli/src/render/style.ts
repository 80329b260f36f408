/**
 * How wide a text may be, and whether it has colours. What is written to a pipe or a file is as wide as it needs to be,
 * without colours: programs read it.
 */
export interface Style {
  /** In columns; `Infinity` where nobody looks. */
  readonly width: number
  readonly colours: boolean
}

export const unstyled: Style = { width: Number.POSITIVE_INFINITY, colours: false }

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39]
} as const

export type Colour = keyof typeof codes

/** A text in a colour, if there are any. Texts in colours are not put into each other. */
export const paint = ({ colours }: Style, colour: Colour | undefined, text: string): string => {
  if (!colours || colour === undefined || text === "") return text
  const [on, off] = codes[colour]
  return `\u001b[${on}m${text}\u001b[${off}m`
}
