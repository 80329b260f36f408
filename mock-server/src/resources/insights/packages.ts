/** The packages of insights: the results of all or of selected outputs, and the selected inputs as JSON. */
import { makePackage, type Stored } from "../../core/Package.js"
import type { Place } from "../../core/Signature.js"
import type { World } from "../../core/World.js"
import { output, record } from "../jobs/packages.js"
import type { Selection } from "./fixture.js"
import { type Insight, readyAt } from "./state.js"

const listOf = (data: unknown): ReadonlyArray<Record<string, unknown>> => (Array.isArray(data) ? data.map(record) : [])

/** The names of some data. */
export const namesOf = (data: unknown): ReadonlyArray<string> => listOf(data).map(({ name }) => String(name))

/** A selection as its path has it; empty for all data. */
export const pathOf = ({ inputs, outputs }: Selection): string =>
  Object.entries({ inputs, outputs })
    .flatMap(([key, names]) => (names === undefined ? [] : [`${key}=${names.join(",")}`]))
    .join("&")

/** Whether a selection has some data. Without a part for its kind, it has all of it. */
const selects = (path: string, kind: "inputs" | "outputs") => {
  const names = new URLSearchParams(path).get(kind)?.split(",")
  return ({ name }: Record<string, unknown>) => names === undefined || names.includes(String(name))
}

const filesOf = ({ id, input, output: results }: Insight, path: string, { drawers }: World, aoi: string) => {
  const area = drawers.aois.get(aoi)?.geometry
  return [
    { kind: "inputs" as const, items: input.map((it) => ({ ...it, format: "json" })) },
    { kind: "outputs" as const, items: listOf(results) }
  ].flatMap(({ items, kind }) =>
    items
      .filter(selects(path, kind))
      .map((item, index) => output(kind, index, item, id, area))
      .map(({ bytes, file }) => ({ bytes, file: file.replace(/^outputs\//, "") }))
  )
}

const found = (world: World, id: string, path: string): Stored | undefined => {
  const it = world.drawers.insights.get(id)
  const ready = it && readyAt(it, path)
  if (it === undefined || ready === undefined || ready > world.clock.now) return undefined
  const files = filesOf(it, path, world, it.aoi_id)
  const manifest = { insight_id: id, aoi_id: it.aoi_id, files: files.map(({ file }) => file) }
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  return { ...makePackage(`insight-${id}`, [{ file: "manifest.json", bytes }, ...files], it.download), madeAt: ready }
}

export const packages = {
  "/insights/{insight}/package.zip": (world: World, { insight = "" }: Place): Stored | undefined =>
    found(world, insight, ""),
  "/insights/{insight}/selections/{selection}/package.zip": (
    world: World,
    { insight = "", selection = "" }: Place
  ): Stored | undefined => found(world, insight, selection)
}
