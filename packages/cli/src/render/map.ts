/**
 * Outlines on a map of characters of 2 × 4 dots each. Longitudes are shortened to the scale of the middle latitude, so
 * that dots are square. A map across the antimeridian is not torn apart there.
 */
import { type Colour, paint, type Style } from "./style.js"

type Position = readonly [longitude: number, latitude: number]

type Line = ReadonlyArray<Position>

/** A shape on the map, with the label that ties it to a row of a table. */
export interface Outline {
  /** GeoJSON of a server, unchecked. Without a readable position, there is nothing to draw. */
  readonly geometry: unknown
  /** ASCII characters, or none. */
  readonly label: string
  readonly colour?: Colour | undefined
}

export interface Drawing {
  readonly lines: ReadonlyArray<string>
  /** The labels of drawn outlines that found no room. */
  readonly unplaced: ReadonlyArray<string>
}

// --- from GeoJSON to lines ---

const isPosition = (value: unknown): value is Position =>
  Array.isArray(value) &&
  typeof value[0] === "number" &&
  typeof value[1] === "number" &&
  Math.abs(value[0]) <= 360 &&
  Math.abs(value[1]) <= 90

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const lineOf = (value: unknown): Line => list(value).filter(isPosition)

const linesIn = (geometry: unknown): ReadonlyArray<Line> => {
  const { coordinates, geometries, type }: Readonly<Record<string, unknown>> = Object(geometry)
  switch (type) {
    case "Point":
      return [lineOf([coordinates])]
    case "MultiPoint":
      return list(coordinates).map((it) => lineOf([it]))
    case "LineString":
      return [lineOf(coordinates)]
    case "Polygon":
    case "MultiLineString":
      return list(coordinates).map(lineOf)
    case "MultiPolygon":
      return list(coordinates).flatMap((polygon) => list(polygon).map(lineOf))
    case "GeometryCollection":
      // a collection in a collection has no use (RFC 7946, 3.1.8)
      return list(geometries).flatMap((it) => (Object(it).type === type ? [] : linesIn(it)))
    default:
      return []
  }
}

/** The bounds of lines: west, east, south and north. */
const boundsOf = (lines: ReadonlyArray<Line>) => {
  const bounds = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity }
  for (const line of lines) {
    for (const [x, y] of line) {
      bounds.west = Math.min(bounds.west, x)
      bounds.east = Math.max(bounds.east, x)
      bounds.south = Math.min(bounds.south, y)
      bounds.north = Math.max(bounds.north, y)
    }
  }
  return bounds
}

/** The same direction, from -180 to 180. */
const turned = (longitude: number): number => longitude - 360 * Math.floor((longitude + 180) / 360)

const moved = (line: Line, degrees: number): Line => (degrees === 0 ? line : line.map(([x, y]) => [x + degrees, y]))

/** Makes a line continuous that leaps over the antimeridian. It begins from -180 to 180. */
const unrolled = (line: Line): Line => {
  let last = 0
  return line.map(([x, y], at) => {
    last = at === 0 ? turned(x) : last + turned(x - last)
    return [last, y]
  })
}

/** Moves lines by whole turns, so that the widest empty part of the globe is outside of them. */
const arranged = (all: ReadonlyArray<ReadonlyArray<Line>>): ReadonlyArray<ReadonlyArray<Line>> => {
  const spans = all
    .flat()
    .map((line) => boundsOf([line]))
    .sort((one, other) => one.west - other.west)
  let [begin, gap, reached] = [-Infinity, 0, -Infinity]
  for (const { east, west } of spans) {
    if (reached > -Infinity && west - reached > gap) [begin, gap] = [west, west - reached]
    reached = Math.max(reached, east)
  }
  const [first] = spans
  // the part between the last line and the first one is outside already
  if (first === undefined || first.west + 360 - reached >= gap) return all
  return all.map((lines) => lines.map((line) => moved(line, boundsOf([line]).west < begin ? 360 : 0)))
}

// --- the dots ---

/** The size in dots, and the place of a position on it. */
interface Frame {
  readonly columns: number
  readonly rows: number
  /** Dots of a degree of latitude. */
  readonly scale: number
  readonly place: (position: Position) => Position
  /** The position of a dot. */
  readonly position: (dot: Position) => Position
}

/** The dots between the outlines and the frame. */
const margin = 2
/** The least number of columns in which the scale and the corners can be read. */
const least = 50
/** The smallest span that is drawn larger than a dot, in degrees: some 10 m. */
const smallest = 1e-4

const frameOf = (lines: ReadonlyArray<Line>, width: number, height: number): Frame => {
  const { east, north, south, west } = boundsOf(lines)
  const middle = [(west + east) / 2, (south + north) / 2] as const
  const squeeze = Math.max(0.02, Math.cos((middle[1] * Math.PI) / 180))
  const [spanX, spanY] = [Math.max(smallest, (east - west) * squeeze), Math.max(smallest, north - south)]
  const [most, mostRows] = [Math.max(4, width), Math.max(2, height)]
  const dots = (cells: number, size: number) => cells * size - 1 - 2 * margin
  const scaleFor = (columns: number, rows: number) => Math.min(dots(columns, 2) / spanX, dots(rows, 4) / spanY)
  const full = scaleFor(most, mostRows)
  // only as many cells as the outlines need
  const cells = (span: number, size: number) => Math.ceil((span * full + 1 + 2 * margin) / size - 1e-6)
  const columns = Math.max(Math.min(most, least), Math.min(most, cells(spanX, 2)))
  const rows = Math.max(2, Math.min(mostRows, cells(spanY, 4)))
  const scale = scaleFor(columns, rows)
  const centre = [(columns * 2 - 1) / 2, (rows * 4 - 1) / 2] as const
  return {
    columns,
    rows,
    scale,
    place: ([x, y]) => [
      Math.round(centre[0] + (x - middle[0]) * squeeze * scale),
      Math.round(centre[1] - (y - middle[1]) * scale)
    ],
    position: ([x, y]) => [middle[0] + (x - centre[0]) / (squeeze * scale), middle[1] - (y - centre[1]) / scale]
  }
}

/** Calls `mark` with each dot of a line. */
const trace = (line: Line, place: Frame["place"], mark: (x: number, y: number) => void) => {
  const [first] = line
  if (first === undefined) return
  let from = place(first)
  mark(...from)
  for (const position of line) {
    const to = place(position)
    const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))
    for (let step = 1; step <= steps; step++) {
      const at = (axis: 0 | 1) => Math.round(from[axis] + ((to[axis] - from[axis]) * step) / steps)
      mark(at(0), at(1))
    }
    from = to
  }
}

// --- the characters ---

/** The bits of the dots of a braille character, by column and row. */
const bits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80]
] as const

const braille = (dots: number): string => String.fromCharCode(0x2800 + dots)

/** The ASCII character that is most like some dots. */
const ascii = (dots: number): string => {
  const has = (column: 0 | 1, row: number) => (dots & (bits[column][row] ?? 0)) !== 0
  const rows = [0, 1, 2, 3].filter((row) => has(0, row) || has(1, row))
  const [top = 0] = rows
  const isWide = [0, 1, 2, 3].some((row) => has(0, row)) && [0, 1, 2, 3].some((row) => has(1, row))
  if (rows.length > 2) return isWide ? (has(1, top) ? "/" : "\\") : "|"
  if (isWide) return top === 3 ? "_" : "-"
  return top > 1 ? "." : "'"
}

const glyphs = {
  unicode: { dots: braille, across: "─", down: "│", corners: ["┌", "┐", "└", "┘"], bar: ["├", "┤"], degree: "°" },
  ascii: { dots: ascii, across: "-", down: "|", corners: ["+", "+", "+", "+"], bar: ["|", "|"], degree: "" }
} as const

/** The longest round distance within a quarter of the map, as a bar. */
const scaleBar = ({ columns, scale }: Frame, { across, bar }: (typeof glyphs)["unicode" | "ascii"]): string => {
  const metres = (2 / scale) * 111_195
  const most = metres * (columns / 4)
  const unit = 10 ** Math.floor(Math.log10(most))
  const length = unit * (most >= 5 * unit ? 5 : most >= 2 * unit ? 2 : 1)
  const text = length < 1_000 ? `${Number(length.toPrecision(1))} m` : `${length / 1_000} km`
  return `${bar[0]}${across.repeat(Math.max(0, Math.round(length / metres) - 2))}${bar[1]} ${text}`
}

/** A corner of the map in words, to about a dot. */
const corner = ({ position, scale }: Frame, dot: Position, degree: string): string => {
  const digits = Math.max(0, Math.min(5, Math.ceil(Math.log10(scale))))
  const [x, y] = position(dot)
  const words = (value: number, [more, less]: string) =>
    `${Math.abs(value).toFixed(digits)}${degree} ${value < 0 ? less : more}`
  return `${words(Math.max(-90, Math.min(90, y)), "NS")} ${words(turned(x), "EW")}`
}

/** An edge of the frame with texts in it, of which those that do not fit are left out, the last one first. */
const edge = (ends: readonly [string, string], across: string, width: number, left: string, right = ""): string => {
  const room = width - left.length - right.length - 5 - (right === "" ? 0 : 3)
  if (room >= 0) {
    const end = right === "" ? "" : ` ${right} ${across}`
    return `${ends[0]}${across} ${left} ${across.repeat(room)}${end}${ends[1]}`
  }
  return right === "" ? `${ends[0]}${across.repeat(Math.max(0, width - 2))}${ends[1]}` : edge(ends, across, width, left)
}

/** The cells of an outline, in the order in which it is drawn. */
type Cells = ReadonlyArray<number>

interface Canvas {
  readonly dots: Uint8Array
  /** The outline to which a cell belongs: the first one drawn there, or the one of its label; -1 for none. */
  readonly owners: Int32Array
  /** The number of outlines in a cell. */
  readonly shared: Uint32Array
  readonly labels: Map<number, string>
}

/** Puts a label on or beside its outline, where the fewest others are. Returns whether it has found room. */
const placed = (label: string, cells: Cells, owner: number, columns: number, canvas: Canvas): boolean => {
  const { labels, owners, shared } = canvas
  const isFree = (at: number) => {
    const column = at % columns
    if (at < 0 || at >= owners.length || column + label.length > columns) return false
    for (let near = column === 0 ? 0 : -1; near <= label.length; near++) {
      if (labels.has(at + near) && (near < label.length || column + near < columns)) return false
    }
    return true
  }
  const others = (at: number) => {
    let count = 0
    for (let next = at; next < at + label.length; next++) count += shared[next] ?? 0
    return count
  }
  let [best, fewest] = [-1, Number.POSITIVE_INFINITY]
  const consider = (at: number, extra: number) => {
    if (!isFree(at) || others(at) + extra >= fewest) return
    ;[best, fewest] = [at, others(at) + extra]
  }
  for (const at of cells) consider(at, 0)
  if (best === -1) {
    for (const at of cells) for (const beside of [1, -label.length, columns, -columns]) consider(at + beside, 1)
  }
  for (const [nth, letter] of [...label].entries()) {
    if (best === -1) break
    labels.set(best + nth, letter)
    owners[best + nth] = owner
  }
  return best !== -1
}

/** One row of characters, each stretch of one colour painted at once. */
const rowOf = (
  { dots, labels, owners }: Canvas,
  row: number,
  columns: number,
  glyph: (dots: number) => string,
  outlines: ReadonlyArray<Outline>,
  style: Style
): string => {
  let [text, stretch, colour] = ["", "", undefined as Colour | undefined]
  for (let at = row * columns; at < (row + 1) * columns; at++) {
    const cell = dots[at] ?? 0
    const letter = labels.get(at) ?? (cell === 0 ? " " : glyph(cell))
    const own = outlines[owners[at] ?? -1]?.colour
    if (own !== colour && letter !== " ") {
      text += paint(style, colour, stretch)
      ;[stretch, colour] = ["", own]
    }
    stretch += letter
  }
  return text + paint(style, colour, stretch)
}

/**
 * Draws outlines on at most `width` columns and `height` lines, frame included. Where outlines meet, the first one is on
 * top. Without any position there are no lines.
 */
export const map = (outlines: ReadonlyArray<Outline>, style: Style, height: number): Drawing => {
  const all = arranged(
    outlines.map(({ geometry }) =>
      linesIn(geometry)
        .filter(({ length }) => length > 0)
        .map(unrolled)
    )
  )
  const lines = all.flat()
  if (lines.length === 0) return { lines: [], unplaced: [] }
  const frame = frameOf(lines, style.width - 2, height - 2)
  const { columns, rows } = frame
  const canvas: Canvas = {
    dots: new Uint8Array(columns * rows),
    owners: new Int32Array(columns * rows).fill(-1),
    shared: new Uint32Array(columns * rows),
    labels: new Map()
  }
  const cells = all.map((lines, owner): Cells => {
    const own = new Set<number>()
    for (const line of lines) {
      trace(line, frame.place, (x, y) => {
        const at = (y >> 2) * columns + (x >> 1)
        canvas.dots[at] = (canvas.dots[at] ?? 0) | (bits[x & 1 ? 1 : 0][y & 3] ?? 0)
        own.add(at)
      })
    }
    for (const at of own) {
      canvas.shared[at] = (canvas.shared[at] ?? 0) + 1
      if (canvas.owners[at] === -1) canvas.owners[at] = owner
    }
    return [...own]
  })
  const unplaced = outlines.flatMap(({ label }, owner) => {
    const own = cells[owner] ?? []
    return label === "" || own.length === 0 || placed(label, own, owner, columns, canvas) ? [] : [label]
  })
  const glyph = style.unicode ? glyphs.unicode : glyphs.ascii
  const [topLeft, topRight, bottomLeft, bottomRight] = glyph.corners
  const { across, degree, down, dots } = glyph
  const last = [columns * 2 - 1, rows * 4 - 1] as const
  return {
    lines: [
      edge([topLeft, topRight], across, columns + 2, corner(frame, [0, 0], degree)),
      ...Array.from(
        { length: rows },
        (_, row) => `${down}${rowOf(canvas, row, columns, dots, outlines, style)}${down}`
      ),
      edge([bottomLeft, bottomRight], across, columns + 2, scaleBar(frame, glyph), corner(frame, last, degree))
    ],
    unplaced
  }
}
