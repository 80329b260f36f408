/**
 * The width, colours and characters of a text. Text for a pipe or a file has unlimited width and no colours, because
 * programs read it.
 */
export interface Style {
  /** The width in columns; `Infinity` without a terminal. */
  readonly width: number
  readonly colours: boolean
  /** Whether drawings may have other characters than those of ASCII. */
  readonly unicode: boolean
}

export const unstyled: Style = { width: Number.POSITIVE_INFINITY, colours: false, unicode: true }

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39]
} as const

export type Colour = keyof typeof codes

/** Colours a text, if colours are enabled. Coloured texts must not be nested. */
export const paint = ({ colours }: Style, colour: Colour | undefined, text: string): string => {
  if (!colours || colour === undefined || text === "") return text
  const [on, off] = codes[colour]
  return `\u001b[${on}m${text}\u001b[${off}m`
}
