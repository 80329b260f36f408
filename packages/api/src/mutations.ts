/**
 * The changes that every answer must survive: any optional field of any of its models may be missing, null, a zero value
 * of Go, or an unknown word, and any of them may have an unknown key.
 */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { Kind } from "../../client/src/internal/field.js"
import { type AnyModel, tableOf } from "../../client/src/internal/model.js"
import type { Note } from "../../client/src/internal/wire.js"
import * as Raw from "../../client/src/Raw.js"
import type { endpoints } from "../../client/test/endpoints.js"

type Success = (typeof endpoints)[number]["success"]

type Json = Record<string, unknown>

/** The zero values that Go sends for a kind. */
const zeros: Readonly<Record<Kind, ReadonlyArray<unknown>>> = {
  boolean: [false],
  duration: [""],
  id: [""],
  json: [null, "", 0, {}, []],
  keyed: [{}, []],
  labelMaps: [{}],
  labels: [{}],
  listMaps: [[], [{}]],
  minutes: [0],
  model: [{}],
  modelMap: [{}],
  models: [[]],
  named: [[]],
  number: [0],
  numbers: [[]],
  numbersOrTexts: [[]],
  object: [{}],
  percent: [0],
  percentText: ["", "0%"],
  seconds: [0],
  secret: [""],
  tag: [],
  text: [""],
  texts: [[]],
  textsOrMap: [[], {}, ""],
  time: ["", "0001-01-01T00:00:00Z"],
  url: [""],
  word: ["", "a_word_of_tomorrow"]
}

/** A model in an answer: its path there, and the JSON that it was read from. */
interface Place {
  readonly path: string
  readonly model: AnyModel
  readonly json: Json
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null

/** The model of an instance. */
const modelOf = (value: object): AnyModel | undefined => {
  // the class of a model has a table, and no other class
  const model = value.constructor as unknown as AnyModel
  return typeof model === "function" && tableOf(model) !== undefined ? model : undefined
}

/** The models in a value: of each list and map, the first of each class. */
const placesIn = (value: unknown, path = ""): ReadonlyArray<Place> => {
  if (!isObject(value)) return []
  if (Option.isOption(value)) return Option.isSome(value) ? placesIn(value.value, path) : []
  const model = modelOf(value)
  const json = Option.getOrUndefined(Raw.of(value))
  const own = model !== undefined && isObject(json) ? [{ path, model, json }] : []
  const all = Object.entries(value)
  const members = model === undefined ? Arr.dedupeWith(all, ([, one], [, other]) => kindOf(one) === kindOf(other)) : all
  return [...own, ...members.flatMap(([key, it]) => placesIn(it, path === "" ? key : `${path}.${key}`))]
}

const kindOf = (value: unknown) => (isObject(value) ? value.constructor : undefined)

/** The paths of the leaves in which two values differ. */
const differing = (one: unknown, other: unknown, path = ""): ReadonlyArray<string> => {
  if (!isObject(one) || !isObject(other)) return Object.is(one, other) ? [] : [path]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].flatMap((key) => differing(one[key], other[key], path === "" ? key : `${path}.${key}`))
}

/** Evaluates the getters of all models in a value. */
const evaluate = (value: unknown): void => {
  if (!isObject(value)) return
  const descriptors = Object.getOwnPropertyDescriptors(modelOf(value) === undefined ? {} : value.constructor.prototype)
  for (const { get } of Object.values(descriptors)) get?.call(value)
  for (const member of Object.values(value)) evaluate(member)
}

/** The answer without what a page repeats. */
const shown = (value: unknown) => (isObject(value) && "page" in value ? value["page"] : value)

/** Whether one path leads to the other, or through it. */
const isOnWay = (one: string, other: string) => `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`)

/** A change of the JSON of a model, and the paths of the properties that may differ by it. */
interface Change {
  readonly what: string
  readonly affected: ReadonlyArray<string>
  readonly make: () => void
}

const changesOf = ({ json, model, path }: Place): ReadonlyArray<Change> => {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`)
  const table = Object.entries(tableOf(model))
  const ofFields = table.flatMap(([key, { isNeeded, kind, names }]): ReadonlyArray<Change> => {
    if (isNeeded || kind === "tag") return []
    const related = table.filter(([, other]) => other.names.some((name) => names.includes(name)))
    // a tag decides the model, and so all that is read
    const isTag = related.some(([, other]) => other.kind === "tag")
    const affected = (isTag ? table : related).map(([property]) => at(property))
    return [undefined, null, ...zeros[kind]].map((value) => ({
      what: `${at(key)} ${value === undefined ? "removed" : `= ${JSON.stringify(value)}`}`,
      affected,
      make: () => {
        for (const name of names) delete json[name]
        if (value !== undefined) json[names[0]] = value
      }
    }))
  })
  const unknown = { what: at("of_tomorrow"), affected: [], make: () => Object.assign(json, { of_tomorrow: ["new"] }) }
  return [...ofFields, unknown]
}

/** The changes of an answer, and the complaints about the reader of its operation. */
export const survive = (
  { read }: Success,
  text: string
): { readonly changes: number; readonly complaints: ReadonlyArray<string> } => {
  const body: unknown = JSON.parse(text)
  const reading = () => {
    const notes: Array<Note> = []
    return { answer: Option.map(read(body, "", notes), shown), notes }
  }
  const encoded = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  const first = reading()
  if (Option.isNone(first.answer)) return { changes: 0, complaints: ["the answer itself is refused"] }
  const before = encoded(first.answer.value)
  const complaintsAbout = (affected: ReadonlyArray<string>): ReadonlyArray<string> => {
    const { answer, notes } = reading()
    if (Option.isNone(answer)) return ["the answer is refused"]
    evaluate(answer.value)
    const others = differing(before, encoded(answer.value)).filter((at) => !affected.some((it) => isOnWay(at, it)))
    return [
      ...others.map((at) => `${at} differs too`),
      ...notes.slice(first.notes.length).map((note) => `${note.path} is reported`)
    ]
  }
  const changes = placesIn(first.answer.value).flatMap((place) =>
    changesOf(place).map((change) => ({ ...change, json: place.json }))
  )
  const complaints = changes.flatMap(({ affected, json, make, what }) => {
    const saved = { ...json }
    make()
    const found = complaintsAbout(affected)
    for (const name of Object.keys(json)) delete json[name]
    Object.assign(json, saved)
    return found.map((it) => `${what}: ${it}`)
  })
  return { changes: changes.length, complaints }
}
