/**
 * The images of visualizations, made of the seed of the world: smooth values from 0 to 1 for each day, their legends,
 * and the colours of these. A preset has legends of both modes, a custom index a dynamic one, a composite none.
 */
import { random } from "../../core/Ids.js"
import { png } from "../../core/Png.js"
import type { World } from "../../core/World.js"
import type { Aoi } from "../aois/state.js"
import { measured } from "../aois/state.js"
import { dayOf, imagesOf } from "../assets/list.js"
import { indexOf } from "../indices/state.js"
import { isPartial, type Visualization } from "./state.js"

export const modes = ["dynamic", "theoretical"] as const
export type Mode = (typeof modes)[number]

export type LegendItem = NonNullable<Visualization["legends"]>[number]["items"][number]

type Colour = readonly [red: number, green: number, blue: number]

const width = 64
const usualBins = 5

/** First, middle and last colour, by the name of a colour map. */
const ramps: Readonly<Record<string, readonly [low: string, middle: string, high: string]>> = {
  viridis: ["#440154", "#21918c", "#fde725"],
  magma: ["#000004", "#b73779", "#fcfdbf"],
  blues: ["#f7fbff", "#6baed6", "#08306b"],
  greys: ["#000000", "#808080", "#ffffff"]
}

const colourOf = (hex: string): Colour => {
  const [red = 0, green = 0, blue = 0] = Buffer.from(hex.slice(1), "hex")
  return [red, green, blue]
}

const colourAt = (name: string, share: number): string => {
  const [low = "", middle = "", high = ""] = ramps[name] ?? ramps["viridis"] ?? []
  const [from, to, part] = share < 0.5 ? [low, middle, share * 2] : [middle, high, share * 2 - 1]
  const end = colourOf(to)
  const mixed = colourOf(from).map((level, at) => Math.round(level * (1 - part) + (end[at] ?? 0) * part))
  return `#${Buffer.from(mixed).toString("hex")}`
}

/** The values of an image, row by row. */
const valuesOf = ({ seed }: World, ...keys: ReadonlyArray<string>): ReadonlyArray<number> => {
  const waves = [0.06, 0.11, 0.19, 0.9].map((most, nth) => {
    const of = (what: string) => random(seed, ...keys, what, nth)
    return { x: most * (2 * of("x") - 1), y: most * (2 * of("y") - 1), phase: 2 * Math.PI * of("phase") }
  })
  const heights = [0.25, 0.13, 0.08, 0.02]
  return Array.from({ length: width * width }, (_, at) => {
    const [column, row] = [at % width, Math.floor(at / width)]
    return waves.reduce(
      (sum, { phase, x, y }, nth) => sum + (heights[nth] ?? 0) * Math.sin(x * column + y * row + phase),
      0.5
    )
  })
}

/** The days of the assets of a visualization, such as `2025_06_14`. An asset without a day has that of its AOI. */
export const wantedDaysOf = (aoi: Aoi, { src_asset_ids }: Visualization): ReadonlyArray<string> => {
  const day = new Date(aoi.createdAt).toISOString().slice(0, 10).replaceAll("-", "_")
  const assets = src_asset_ids ?? imagesOf(aoi)
  return [...new Set(assets.map((asset) => dayOf(asset)?.replaceAll("-", "_") ?? day))].sort()
}

/** The days of the images of a visualization that has ended. A partial one lacks the last. */
export const daysOf = (aoi: Aoi, it: Visualization): ReadonlyArray<string> =>
  wantedDaysOf(aoi, it).slice(0, isPartial(it.ends) ? -1 : undefined)

/** The modes that a visualization has a legend of. */
export const modesOf = (world: World, it: Visualization): ReadonlyArray<Mode> => {
  const index = indexOf(world, it.index_id)
  return index?.expression_type === "composite" ? [] : index?.type === "custom" ? ["dynamic"] : modes
}

const round = (value: number) => Math.round(value * 1_000) / 1_000

/** The values of the bins of a mode, and their colours. */
export const binsOf = (world: World, it: Visualization, day: string, mode: Mode, bins = usualBins) => {
  const { colormap = "", rescale: [low = 0, high = 1] = [] } = indexOf(world, it.index_id) ?? {}
  const values = valuesOf(world, it.id, day)
  const [least, most] = mode === "theoretical" ? [0, 1] : [Math.min(...values), Math.max(...values)]
  const bound = (nth: number) => round(low + (least + ((most - least) * nth) / bins) * (high - low))
  return Array.from({ length: bins }, (_, nth): LegendItem => {
    const [min, max] = [bound(nth), bound(nth + 1)]
    return { color: colourAt(colormap, bins === 1 ? 1 : nth / (bins - 1)), label: `${min} to ${max}`, min, max }
  })
}

/** The legend of a day in a mode: as it was set, or as it is computed. */
export const legendOf = (world: World, it: Visualization, day: string, mode: Mode): ReadonlyArray<LegendItem> =>
  it.legends?.find((set) => set.day === day && set.mode === mode)?.items ?? binsOf(world, it, day, mode)

/** The legends of all days and modes, with the area of each item. */
export const legendsOf = (world: World, aoi: Aoi, it: Visualization) => {
  const { rescale: [low = 0, high = 1] = [] } = indexOf(world, it.index_id) ?? {}
  const { area_in_sq_m } = measured(aoi.geometry.coordinates)
  const measuredItems = (day: string, mode: Mode) => {
    const values = valuesOf(world, it.id, day).map((value) => low + value * (high - low))
    return legendOf(world, it, day, mode).map((item) => {
      const count = values.filter((value) => value > item.min && value <= item.max).length
      const share = count / values.length
      return { ...item, area: Math.round(area_in_sq_m * share), area_percentage: Math.round(share * 1_000) / 10 }
    })
  }
  return Object.fromEntries(
    daysOf(aoi, it).map((day) => [
      day,
      Object.fromEntries(modesOf(world, it).map((mode) => [mode, measuredItems(day, mode)]))
    ])
  )
}

/** Draws the image of a day in the colours of a legend; a composite in those of its bands. */
export const draw = (world: World, it: Visualization, day: string, mode: Mode): Buffer => {
  const { rescale: [low = 0, high = 1] = [] } = indexOf(world, it.index_id) ?? {}
  const colours = new Uint8Array(width * width * 3)
  if (modesOf(world, it).length === 0) {
    for (const band of [0, 1, 2]) {
      for (const [at, value] of valuesOf(world, it.id, day, String(band)).entries()) {
        colours[at * 3 + band] = 255 * value
      }
    }
    return png(colours, width)
  }
  const legend = legendOf(world, it, day, mode)
  const parsed = legend.map(({ color, max }) => ({ max, colour: colourOf(color) }))
  for (const [at, value] of valuesOf(world, it.id, day).entries()) {
    const shown = low + value * (high - low)
    colours.set((parsed.find(({ max }) => shown <= max) ?? parsed.at(-1))?.colour ?? [0, 0, 0], at * 3)
  }
  return png(colours, width)
}

/** The style of a day in a mode: one colour for each item of its legend. */
export const styleOf = (world: World, it: Visualization, day: string, mode: Mode): string => {
  const entries = legendOf(world, it, day, mode).map(
    ({ color, max }) => `<ColorMapEntry color="${color}" quantity="${max}"/>`
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld"><NamedLayer><UserStyle>',
    '<FeatureTypeStyle><Rule><RasterSymbolizer><ColorMap type="intervals">',
    ...entries,
    "</ColorMap></RasterSymbolizer></Rule></FeatureTypeStyle>",
    "</UserStyle></NamedLayer></StyledLayerDescriptor>"
  ].join("\n")
}
