import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { operations as mocked } from "@effect-pixxel/mock-server"
import "../../cli/src/main.js"
import { paths } from "../../cli/src/commands/command.js"
import { load } from "../../cli/src/commands/index.js"
import { endpoints } from "../../client/test/endpoints.js"
import holes from "../holes.json" with { type: "json" }
import { commands } from "../src/commands.js"
import { coverage, holesOf, page, pageFile, parts } from "../src/coverage.js"
import { isRequired, type OfficialOperation, operations, propertyOf } from "../src/official.js"

const official = (id: string): OfficialOperation | undefined => operations.find((it) => it.id === id)

/** Parts of bodies that the official description promises in words, and that its forms lack. */
const promised: Readonly<Record<string, ReadonlyArray<string>>> = { SearchSatelliteImages: ["next_token"] }

describe("a row of the client", () => {
  it.each(endpoints)("is the official operation $operation", ({ method, operation, path }) => {
    expect({ method, path }).toEqual({ method: official(operation)?.method, path: official(operation)?.path })
  })

  it.each(endpoints.filter(({ body }) => body !== undefined))("has the body of $operation", ({ body, operation }) => {
    const form = official(operation)?.body?.replace(/\?$/, "") ?? ""
    const parts = Object.values(body ?? {}).map(({ group, name, required }) => {
      const within = group === undefined ? form : (propertyOf(form, group) ?? form)
      const place = group === undefined ? name : `${group}.${name}`
      // a map has no properties of its own
      if (propertyOf(within, "*") !== undefined) return { place, isOfficial: true, required }
      return { place, isOfficial: propertyOf(within, name) !== undefined, required: isRequired(within, name) }
    })
    const own = Object.values(body ?? {}).map(({ required }) => required)
    expect(parts.filter(({ isOfficial }) => !isOfficial).map(({ place }) => place)).toEqual(promised[operation] ?? [])
    expect(parts.map(({ required }) => required)).toEqual(own)
  })

  it("is the only one of its operation", () => {
    const ids = endpoints.map(({ operation }) => operation)
    expect([...new Set(ids)]).toEqual(ids)
  })
})

describe("an operation of the mock server", () => {
  it.each(Object.values(mocked))("is the official operation $id", ({ id, method, query, route }) => {
    const names = Object.keys(official(id)?.query ?? {}).map((name) => name.replace(/!$/, ""))
    expect({ method, path: route, query: [...query].sort() }).toEqual({
      method: official(id)?.method,
      path: official(id)?.path,
      query: names.sort()
    })
  })
})

describe("the coverage", () => {
  it("has a row for each of the 55 operations", () => {
    expect(new Set(coverage.map(({ id }) => id)).size).toBe(55)
  })

  it.each(parts)("has no hole in the %s that is not listed, and lists none that is closed", (part) => {
    expect(holesOf(part)).toEqual(holes[part])
  })

  it("names commands that exist", async () => {
    await load()
    expect(Object.values(commands).filter((command) => !paths().includes(command))).toEqual([])
  })

  it("is the page of the reference", () => {
    expect(readFileSync(pageFile, "utf8")).toBe(page)
  })
})
