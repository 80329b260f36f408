/** Images on a terminal. */
import { stripVTControlCharacters } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import xterm from "@xterm/headless"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { PNG } from "pngjs"
import { size } from "../../../vitest.size.js"
import { type Device, picture } from "../src/render/picture.js"
import { widthOf } from "../src/render/plain.js"

type Rgba = readonly [number, number, number, number]

const red: Rgba = [255, 0, 0, 255]
const green: Rgba = [0, 255, 0, 255]
const clear: Rgba = [0, 0, 255, 0]

const png = (width: number, height: number, colourAt: (x: number, y: number) => Rgba) => {
  const image = new PNG({ width, height })
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) image.data.set(colourAt(x, y), (y * width + x) * 4)
  return PNG.sync.write(image)
}

const device = (more: Partial<Device> = {}): Device => ({
  width: 80,
  colours: true,
  unicode: true,
  graphics: "none",
  isTrueColour: true,
  ...more
})

/** The cells of a text on a terminal, as letter, foreground and background. */
const cellsOf = (text: string, cols: number, rows: number) =>
  Effect.async<ReadonlyArray<ReadonlyArray<readonly [string, string, string]>>>((resume) => {
    const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true })
    const hex = (value: number) => `#${value.toString(16).padStart(6, "0")}`
    terminal.write(text.replaceAll("\n", "\r\n"), () => {
      resume(
        Effect.succeed(
          Array.from({ length: rows }, (_, y) =>
            Array.from({ length: cols }, (_, x) => {
              const cell = terminal.buffer.active.getLine(y)?.getCell(x)
              return [
                cell?.getChars() ?? "",
                cell?.isFgRGB() ? hex(cell.getFgColor()) : "-",
                cell?.isBgRGB() ? hex(cell.getBgColor()) : "-"
              ] as const
            })
          )
        )
      )
    })
  })

describe("a picture", () => {
  it.effect("has two pixels in a cell, and none where it is transparent", () =>
    Effect.gen(function* () {
      const rows = [
        [red, clear, red],
        [green, green, clear],
        [clear, red, green]
      ]
      const image = png(3, 3, (x, y) => rows[y]?.[x] ?? clear)
      const cells = yield* cellsOf(yield* picture(image, device({ width: 3 })), 4, 2)
      assert.deepStrictEqual(cells, [
        [
          ["▀", "#ff0000", "#00ff00"],
          ["▄", "#00ff00", "-"],
          ["▀", "#ff0000", "-"],
          ["", "-", "-"]
        ],
        [
          [" ", "-", "-"],
          ["▀", "#ff0000", "-"],
          ["▀", "#00ff00", "-"],
          ["", "-", "-"]
        ]
      ])
    })
  )

  it.effect("fits the terminal and 40 lines, enlarged by a whole number, in its proportions", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.record({
            image: fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })),
            width: fc.integer({ min: 1, max: 120 }),
            colours: fc.boolean(),
            unicode: fc.boolean(),
            isTrueColour: fc.boolean()
          }),
          async ({ image: [wide, high], ...more }) => {
            const image = png(wide, high, () => red)
            const text = await Effect.runPromise(picture(image, device(more)))
            const lines = stripVTControlCharacters(text).split("\n")
            const columns = widthOf(lines[0] ?? "")
            assert.isAtMost(lines.length, 40)
            assert.isAtMost(columns, more.width)
            assert.isTrue(lines.every((line) => widthOf(line) === columns))
            assert.isAtMost(Math.abs(2 * lines.length - (columns * high) / wide), 2 + high / wide)
          }
        ),
        { numRuns: size(60, 500) }
      )
    )
  )

  it.effect("has the nearest colours of a palette without 24-bit colours", () =>
    Effect.gen(function* () {
      const text = yield* picture(
        png(1, 1, () => [250, 10, 100, 255]),
        device({ width: 1, isTrueColour: false })
      )
      assert.strictEqual(text, "\u001b[0;38;5;197m▀\u001b[0m")
    })
  )

  it.effect("shows brightness without colours, in ASCII if need be", () =>
    Effect.gen(function* () {
      const ramp = png(5, 2, (x) => [x * 63, x * 63, x * 63, 255])
      assert.strictEqual(yield* picture(ramp, device({ width: 5, colours: false })), " ░▒▓█")
      assert.strictEqual(yield* picture(ramp, device({ width: 5, unicode: false })), " .:*#")
    })
  )

  it.effect("is sent as it is by a protocol of the terminal", () =>
    Effect.gen(function* () {
      const image = png(80, 80, (x, y) => [(x * x * 37) % 256, (y * y * 91) % 256, (x * y) % 256, 255])
      const kitty = yield* picture(image, device({ graphics: "kitty" }))
      const commands = kitty.split("\u001b\\")
      assert.strictEqual(commands.pop(), "")
      const parts = commands.map((command) => command.split(";"))
      assert.isAbove(parts.length, 2)
      assert.deepStrictEqual(
        parts.map(([keys]) => keys),
        ["\u001b_Ga=T,f=100,c=80,r=40,q=2,m=1", ...parts.slice(2).map(() => "\u001b_Gq=2,m=1"), "\u001b_Gq=2,m=0"]
      )
      assert.isTrue(parts.every(([, data = ""]) => data.length <= 4_096))
      assert.deepStrictEqual(Buffer.from(parts.map(([, data]) => data).join(""), "base64"), image)

      const iterm2 = yield* picture(image, device({ graphics: "iterm2" }))
      const [keys, data = ""] = iterm2.split(":")
      assert.strictEqual(
        keys,
        `\u001b]1337;File=inline=1;size=${image.length};width=80;height=40;preserveAspectRatio=1`
      )
      assert.strictEqual(data, `${image.toString("base64")}\u0007`)
    })
  )

  const image = png(4, 4, () => red)
  /** The image with other bytes from an offset on. */
  const changed = (at: number, ...bytes: ReadonlyArray<number>) =>
    Buffer.from(image).fill(Buffer.from(bytes), at, at + bytes.length)
  it.effect.each([
    ["empty", Buffer.alloc(0)],
    ["without pixels", changed(16, 0, 0, 0, 0)],
    ["larger than the memory", changed(16, 128, 0, 0, 0)],
    ["damaged", changed(45, 1)],
    ["cut", image.subarray(0, 50)]
  ] as const)("fails for an image that is %s", ([, broken]) =>
    Effect.map(Effect.flip(picture(broken, device())), (error) => assert.isNotEmpty(error.message))
  )
})
