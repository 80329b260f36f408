/** Draws a bar for a share from 0 to 100, with a resolution of an eighth of a column. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

/** The filled and the empty part, `width` columns together. */
export const bar = (share: number, width: number): readonly [filled: string, rest: string] => {
  const parts = Math.round((Math.min(100, Math.max(0, share)) / 100) * width * 8)
  const filled = "█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? "")
  return [filled, "░".repeat(width - filled.length)]
}
