import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { corrections } from "../src/corrections.js"
import { read } from "../src/documentation.js"
import { laxer } from "../src/laxer.js"
import { describe as describeApi, file, uses } from "../src/openapi.js"

describe("openapi.json", () => {
  it("follows from the rows and models: npm run reference", () => {
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(describeApi(read()))
  })

  it("corrects each place where it allows more than the official description", () => {
    const corrected = corrections.flatMap(({ places }) => places)
    expect(laxer(uses).filter((place) => !corrected.includes(place))).toEqual([])
  })

  it("corrects no place of its models where it allows no more", () => {
    const places = [...uses.values()].flatMap(({ forms }) => [...forms.keys()])
    const known = corrections
      .flatMap((it) => it.places)
      .filter((place) => places.includes(place.replace(/\.[^.]*$/, "")))
    expect(known.filter((place) => !laxer(uses).includes(place))).toEqual([])
  })
})
