/**
 * A bar of a share from 0 to 100, to an eighth of a column.
 */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

/** What is filled and what is not, in so many columns together. */
export const bar = (share: number, width: number): readonly [filled: string, rest: string] => {
  const parts = Math.round((Math.min(100, Math.max(0, share)) / 100) * width * 8)
  const filled = "█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? "")
  return [filled, "░".repeat(width - filled.length)]
}
