/** The rules of an order (documented). All problems are found at once, in the words of fixtures. */
import { keyProblem, type Path, type Problem, printValue, problem, reference, taken } from "../../core/Problem.js"
import type { World } from "../../core/World.js"
import { itemsOf } from "../archives/items.js"
import type { NewItem, NewOrder } from "./fixture.js"
import { polygonsOf } from "./price.js"
import { day, dayOf } from "./state.js"

const longestName = 100

type Expect = (isRight: boolean, path: Path, found: string, expected: string) => void

const isRing = (ring: ReadonlyArray<ReadonlyArray<number>>): boolean =>
  ring.length >= 4 && ring[0]?.join() === ring.at(-1)?.join()

const checkArea = ({ features }: NewItem["geometry"], path: Path, expect: Expect): void => {
  for (const [part, { geometry }] of features.entries()) {
    const place = [...path, "features", part, "geometry", "coordinates"]
    expect(
      polygonsOf({ features: [{ type: "Feature", geometry }] })
        .flat()
        .every(isRing),
      place,
      "an open ring",
      "rings of 4 positions or more, the last as the first"
    )
  }
}

/** Four digits of a year: a later date has no text in the answers. */
const isoDate = /^\d{4}-\d{2}-\d{2}(T.+)?$/

const dayIn = (date = ""): number => (isoDate.test(date) ? dayOf(Date.parse(date)) : Number.NaN)

const captureKeys = ["start_date", "end_date", "no_of_occurrences", "bandset"] as const

const checkArchive = (item: NewItem, path: Path, world: World): ReadonlyArray<Problem> => {
  const { item_ids = [], recurrence = "NOT_APPLICABLE" } = item
  const known = itemsOf(world).map(({ id }) => id)
  return [
    ...(item_ids.length > 0 ? [] : [problem([...path, "item_ids"], "no ids", "one or more")]),
    ...item_ids.flatMap((id, nth) => [
      ...(item_ids.indexOf(id) === nth ? [] : [taken([...path, "item_ids", nth], id)]),
      ...(known.length === 0
        ? []
        : reference([...path, "item_ids", nth], id, "the id of an item of the archive", known))
    ]),
    ...captureKeys.flatMap((key) =>
      item[key] === undefined ? [] : [keyProblem([...path, key], "no field of a capture beside item_ids")]
    ),
    ...(recurrence === "NOT_APPLICABLE"
      ? []
      : [problem([...path, "recurrence"], printValue(recurrence), '"NOT_APPLICABLE" beside item_ids')])
  ]
}

const checkCapture = (
  item: NewItem,
  path: Path,
  { clock, fixtures }: World,
  expect: Expect
): ReadonlyArray<Problem> => {
  const { bandset, end_date, no_of_occurrences, recurrence = "NOT_APPLICABLE", start_date } = item
  const [start, end] = [dayIn(start_date), dayIn(end_date)]
  const needs = (key: keyof NewItem, expected: string) =>
    expect(item[key] !== undefined, path, `no ${JSON.stringify(key)}`, expected)
  const isDate = (key: "start_date" | "end_date", at: number) =>
    expect(item[key] === undefined || !Number.isNaN(at), [...path, key], printValue(item[key]), "a date in ISO 8601")
  expect(
    recurrence !== "NOT_APPLICABLE",
    [...path, "recurrence"],
    printValue(item.recurrence),
    'a recurrence such as "ONCE" for a capture, or item_ids for images of the archive'
  )
  needs("start_date", "the first day of a capture")
  needs("bandset", "the bandset of a capture")
  isDate("start_date", start)
  isDate("end_date", end)
  const earliest = new Date(clock.now + day).toISOString()
  expect(!(start < clock.now + day), [...path, "start_date"], printValue(start_date), `a UTC day from ${earliest} on`)
  expect(!(end <= start), [...path, "end_date"], printValue(end_date), "a day after start_date, which is not included")
  if (recurrence === "ONCE") needs("end_date", "the end of a capture")
  else {
    const given = [end_date, no_of_occurrences].filter((it) => it !== undefined).length
    const found = given === 0 ? "neither" : "both"
    expect(given === 1, path, found, "one of end_date and no_of_occurrences for recurring captures")
  }
  const known = [...(fixtures.bandsets?.keys() ?? [])]
  const at = [...path, "bandset", "bandset_id"]
  return known.length === 0 ? [] : reference(at, bandset?.bandset_id, "the id of a bandset", known)
}

export const orderProblems = (world: World, { order_items: items }: NewOrder): ReadonlyArray<Problem> => {
  const stores = world.drawers.stores.all.map(({ id }) => id)
  const names = items.map(({ name }) => name)
  return items.flatMap((item, nth) => {
    const path = ["order_items", nth]
    const problems: Array<Problem> = []
    const expect: Expect = (isRight, at, found, expected) => {
      if (!isRight) problems.push(problem(at, found, expected))
    }
    const { cloud_delivery, geometry, name = "" } = item
    const length = `a name of ${name.length} characters`
    expect(name.length <= longestName, [...path, "name"], length, `at most ${longestName}`)
    if (name !== "" && names.indexOf(name) < nth) problems.push(taken([...path, "name"], name))
    checkArea(geometry, [...path, "geometry"], expect)
    const more = item.item_ids === undefined ? checkCapture(item, path, world, expect) : checkArchive(item, path, world)
    const store = [...path, "cloud_delivery", "config"]
    return [...problems, ...more, ...reference(store, cloud_delivery?.config, "the id of a store", stores)]
  })
}
