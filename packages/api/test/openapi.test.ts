import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { isLong } from "../../../vitest.size.js"
import { corrections } from "../src/corrections.js"
import { read } from "../src/documentation.js"
import { laxer } from "../src/laxer.js"
import { describe as describeApi, file, uses } from "../src/openapi.js"

/** Drops the descriptions but in the long form, since it takes the compiler seconds to read them. */
const parse = (text: string) =>
  JSON.parse(text, (key, value) => (!isLong && key === "description" && typeof value === "string" ? undefined : value))

describe("openapi.json", () => {
  it("follows from the rows and models: npm run reference", () => {
    const described = JSON.stringify(describeApi(isLong ? read() : new Map()))
    expect(parse(readFileSync(file, "utf8"))).toEqual(parse(described))
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
