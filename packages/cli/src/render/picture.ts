/**
 * A PNG on a terminal: by its graphics protocol, or as half blocks, of which the upper and the lower half are a pixel
 * each. A terminal without colours shows the brightness of the pixels.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { PNG } from "pngjs"
import type { Graphics } from "../Screen.js"
import type { Style } from "./style.js"

export interface Device extends Style {
  readonly graphics: Graphics
  /** Whether it shows 24-bit colours, rather than the 256 of a palette. */
  readonly isTrueColour: boolean
}

interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue and alpha of each pixel, the uppermost row first. */
  readonly data: Uint8Array
}

const mostLines = 40
/** The largest image to decode, in pixels. */
const mostPixels = 100_000_000

/** The size of an image by its header. */
const sizeOf = (png: Uint8Array): { readonly width: number; readonly height: number } => {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  return png.length < 24 ? { width: 0, height: 0 } : { width: view.getUint32(16), height: view.getUint32(20) }
}

/** Two pixels for each line, and one for each column. A small image is enlarged by a whole number. */
const fit = ({ height, width }: { readonly width: number; readonly height: number }, columns: number) => {
  const largest = Math.min(columns / width, (2 * mostLines) / height)
  const scale = largest < 1 ? largest : Math.floor(largest)
  return { columns: Math.max(1, Math.round(width * scale)), rows: Math.max(1, Math.round(height * scale)) }
}

// --- graphics protocols ---

const escape = "\u001b"

/** The graphics protocol of kitty: parts of 4096 characters, without answers (q=2). */
const kitty = (png: Buffer, columns: number, lines: number): string => {
  const parts = png.toString("base64").match(/.{1,4096}/g) ?? []
  return parts
    .map((part, at) => {
      const first = at === 0 ? `a=T,f=100,c=${columns},r=${lines},` : ""
      return `${escape}_G${first}q=2,m=${at === parts.length - 1 ? 0 : 1};${part}${escape}\\`
    })
    .join("")
}

/** The inline images of iTerm2. */
const iterm2 = (png: Buffer, columns: number, lines: number): string =>
  `${escape}]1337;File=inline=1;size=${png.length};width=${columns};height=${lines};preserveAspectRatio=1:${png.toString("base64")}\u0007`

// --- characters ---

type Colour = readonly [red: number, green: number, blue: number]

/** The mean colour of a part of an image; undefined where it is mostly transparent. */
const mean = ({ data, width }: Pixels, left: number, right: number, top: number, bottom: number) => {
  const sums = [0, 0, 0, 0]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * width + x) * 4
      const alpha = data[at + 3] ?? 0
      for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (data[at + channel] ?? 0) * alpha
      sums[3] = (sums[3] ?? 0) + alpha
    }
  }
  const [red = 0, green = 0, blue = 0, alpha = 0] = sums
  if (alpha < 128 * (right - left) * (bottom - top)) return undefined
  return [Math.round(red / alpha), Math.round(green / alpha), Math.round(blue / alpha)] as const
}

/** An image in another size: rows of colours. */
const resized = (image: Pixels, columns: number, rows: number): ReadonlyArray<ReadonlyArray<Colour | undefined>> => {
  const from = (at: number, size: number, count: number) => Math.min(size - 1, Math.floor((at * size) / count))
  const to = (at: number, size: number, count: number) =>
    Math.max(from(at, size, count) + 1, Math.floor(((at + 1) * size) / count))
  return Array.from({ length: rows }, (_, y) =>
    Array.from({ length: columns }, (_, x) =>
      mean(
        image,
        from(x, image.width, columns),
        to(x, image.width, columns),
        from(y, image.height, rows),
        to(y, image.height, rows)
      )
    )
  )
}

/** The colour of a palette of 256 nearest to another: one of its cube of 6 × 6 × 6. */
const nearest = (colour: Colour): number => {
  const steps = [0, 95, 135, 175, 215, 255]
  const [red, green, blue] = colour.map((value) => {
    const distances = steps.map((step) => Math.abs(step - value))
    return distances.indexOf(Math.min(...distances))
  })
  return 16 + 36 * (red ?? 0) + 6 * (green ?? 0) + (blue ?? 0)
}

const halfBlocks = (rows: ReadonlyArray<ReadonlyArray<Colour | undefined>>, { isTrueColour }: Device) => {
  const code = (colour: Colour, ground: 38 | 48) =>
    isTrueColour ? `${ground};2;${colour.join(";")}` : `${ground};5;${nearest(colour)}`
  const block = (upper: Colour | undefined, lower: Colour | undefined): readonly [codes: string, letter: string] => {
    if (upper === undefined) return lower === undefined ? ["", " "] : [code(lower, 38), "▄"]
    return [lower === undefined ? code(upper, 38) : `${code(upper, 38)};${code(lower, 48)}`, "▀"]
  }
  return Array.from({ length: Math.ceil(rows.length / 2) }, (_, line) => {
    let last = ""
    const letters = (rows[2 * line] ?? []).map((upper, column) => {
      const [codes, letter] = block(upper, rows[2 * line + 1]?.[column])
      const isSame = codes === last
      last = codes
      return isSame ? letter : `${escape}[0${codes === "" ? "" : `;${codes}`}m${letter}`
    })
    return `${letters.join("")}${escape}[0m`
  })
}

const shades = { unicode: " ░▒▓█", ascii: " .:*#" } as const

const shaded = (rows: ReadonlyArray<ReadonlyArray<Colour | undefined>>, { unicode }: Device) => {
  const letters = unicode ? shades.unicode : shades.ascii
  return rows
    .filter((_, at) => at % 2 === 0)
    .map((row) =>
      row
        .map((colour) => {
          const [red, green, blue] = colour ?? [0, 0, 0]
          const brightness = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 256
          return letters[Math.floor(brightness * letters.length)] ?? " "
        })
        .join("")
    )
}

/** The image cannot be decoded. */
class ImageError extends Data.TaggedError("ImageError")<{ readonly message: string }> {}

const decoded = (png: Buffer): Effect.Effect<Pixels, ImageError> =>
  Effect.async((resume) => {
    new PNG().parse(png, (error, image) =>
      resume(error == null ? Effect.succeed(image) : Effect.fail(new ImageError({ message: error.message })))
    )
  })

/** Draws a PNG in at most 40 lines. */
export const picture = (bytes: Uint8Array, device: Device): Effect.Effect<string, ImageError> =>
  Effect.gen(function* () {
    const size = sizeOf(bytes)
    const pixels = size.width * size.height
    if (pixels === 0 || pixels > mostPixels) {
      return yield* new ImageError({ message: `it has ${size.width} × ${size.height} pixels` })
    }
    const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const { columns, rows } = fit(size, device.width)
    const lines = Math.ceil(rows / 2)
    if (device.graphics === "kitty") return kitty(png, columns, lines)
    if (device.graphics === "iterm2") return iterm2(png, columns, lines)
    const image = resized(yield* decoded(png), columns, rows)
    return (device.colours && device.unicode ? halfBlocks : shaded)(image, device).join("\n")
  })
