import { describe, expect, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import { corrections, officialOf } from "../src/corrections.js"

const ajv = new Ajv2020({ strict: true, strictTypes: false, keywords: ["x-known-values"] })

const cases = corrections.flatMap((correction) => correction.places.map((place) => ({ place, correction })))

describe("each correction of the official description", () => {
  it.each(cases)("is needed: the official form of $place refuses what the API sends", ({ correction, place }) => {
    expect(ajv.validate(officialOf(correction, place), correction.refused)).toBe(false)
  })

  it.each(cases)("allows at $place what the API sends", ({ correction }) => {
    expect(ajv.validate(correction.corrected, correction.refused)).toBe(true)
  })

  it("is about a place of its own", () => {
    const places = cases.map(({ place }) => place)
    expect([...new Set(places)]).toEqual(places)
  })
})
