/** The rules of an order (documented). All problems are found at once, in the words of fixtures. */
import { keyProblem, type Path, type Problem, printValue, reference, taken, unless } from "../../core/Problem.js"
import type { World } from "../../core/World.js"
import { itemsOf } from "../archives/items.js"
import type { NewItem, NewOrder } from "./fixture.js"
import { polygonsOf } from "./price.js"
import { day, dayOf } from "./state.js"

const longestName = 100

const isRing = (ring: ReadonlyArray<ReadonlyArray<number>>): boolean =>
  ring.length >= 4 && ring[0]?.join() === ring.at(-1)?.join()

const areaProblems = ({ features }: NewItem["geometry"], path: Path): ReadonlyArray<Problem> =>
  features.flatMap((part, nth) =>
    unless(
      polygonsOf({ features: [part] })
        .flat()
        .every(isRing),
      [...path, "features", nth, "geometry", "coordinates"],
      "an open ring",
      "rings of 4 positions or more, the last as the first"
    )
  )

/** Four digits of a year: a later date has no text in the answers. */
const isoDate = /^\d{4}-\d{2}-\d{2}(T.+)?$/

const dayIn = (date = ""): number => (isoDate.test(date) ? dayOf(Date.parse(date)) : Number.NaN)

/** Reports a name that does not exist; a world whose fixtures have none knows all. */
const known = (path: Path, word: string | undefined, what: string, words: ReadonlyArray<string>) =>
  words.length === 0 ? [] : reference(path, word, what, words)

const captureKeys = ["start_date", "end_date", "no_of_occurrences", "bandset"] as const

const archiveProblems = (item: NewItem, path: Path, world: World): ReadonlyArray<Problem> => {
  const { item_ids = [], recurrence = "NOT_APPLICABLE" } = item
  const ids = itemsOf(world).map(({ id }) => id)
  return [
    ...unless(item_ids.length > 0, [...path, "item_ids"], "no ids", "one or more"),
    ...item_ids.flatMap((id, nth) => [
      ...(item_ids.indexOf(id) === nth ? [] : [taken([...path, "item_ids", nth], id)]),
      ...known([...path, "item_ids", nth], id, "the id of an item of the archive", ids)
    ]),
    ...captureKeys.flatMap((key) =>
      item[key] === undefined ? [] : [keyProblem([...path, key], "no field of a capture beside item_ids")]
    ),
    ...unless(
      recurrence === "NOT_APPLICABLE",
      [...path, "recurrence"],
      printValue(recurrence),
      '"NOT_APPLICABLE" beside item_ids'
    )
  ]
}

const captureProblems = (item: NewItem, path: Path, { clock, fixtures }: World): ReadonlyArray<Problem> => {
  const { bandset, end_date, no_of_occurrences, recurrence = "NOT_APPLICABLE", start_date } = item
  const [start, end] = [dayIn(start_date), dayIn(end_date)]
  const expect = (isRight: boolean, key: keyof NewItem, expected: string) =>
    unless(isRight, [...path, key], printValue(item[key]), expected)
  const needs = (key: keyof NewItem, expected: string) =>
    unless(item[key] !== undefined, path, `no ${JSON.stringify(key)}`, expected)
  const ends = [end_date, no_of_occurrences].filter((it) => it !== undefined).length
  return [
    expect(
      recurrence !== "NOT_APPLICABLE",
      "recurrence",
      'a recurrence such as "ONCE" for a capture, or item_ids for images of the archive'
    ),
    needs("start_date", "the first day of a capture"),
    needs("bandset", "the bandset of a capture"),
    expect(start_date === undefined || !Number.isNaN(start), "start_date", "a date in ISO 8601"),
    expect(end_date === undefined || !Number.isNaN(end), "end_date", "a date in ISO 8601"),
    expect(!(start < clock.now + day), "start_date", `a UTC day from ${new Date(clock.now + day).toISOString()} on`),
    expect(!(end <= start), "end_date", "a day after start_date, which is not included"),
    recurrence === "ONCE"
      ? needs("end_date", "the end of a capture")
      : unless(
          ends === 1,
          path,
          ends === 0 ? "neither" : "both",
          "one of end_date and no_of_occurrences for recurring captures"
        ),
    known([...path, "bandset", "bandset_id"], bandset?.bandset_id, "the id of a bandset", [
      ...(fixtures.bandsets?.keys() ?? [])
    ])
  ].flat()
}

export const orderProblems = (world: World, { order_items: items }: NewOrder): ReadonlyArray<Problem> => {
  const stores = world.drawers.stores.all.map(({ id }) => id)
  const names = items.map(({ name }) => name)
  return items.flatMap((item, nth) => {
    const path = ["order_items", nth]
    const { cloud_delivery, geometry, name = "" } = item
    const length = `a name of ${name.length} characters`
    return [
      unless(name.length <= longestName, [...path, "name"], length, `at most ${longestName}`),
      name !== "" && names.indexOf(name) < nth ? [taken([...path, "name"], name)] : [],
      areaProblems(geometry, [...path, "geometry"]),
      item.item_ids === undefined ? captureProblems(item, path, world) : archiveProblems(item, path, world),
      reference([...path, "cloud_delivery", "config"], cloud_delivery?.config, "the id of a store", stores)
    ].flat()
  })
}
