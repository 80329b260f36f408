import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { operations as mocked } from "@effect-pixxel/mock-server"
import "../../cli/src/main.js"
import { paths } from "../../cli/src/commands/command.js"
import { endpoints } from "../../client/test/endpoints.js"
import holes from "../holes.json" with { type: "json" }
import { commands } from "../src/commands.js"
import { coverage, holesOf, page, pageFile, parts } from "../src/coverage.js"
import { type OfficialOperation, operations } from "../src/official.js"

const official = (id: string): OfficialOperation | undefined => operations.find((it) => it.id === id)

describe("a row of the client", () => {
  it.each(endpoints)("is the official operation $operation", ({ method, operation, path }) => {
    expect({ method, path }).toEqual({ method: official(operation)?.method, path: official(operation)?.path })
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

  it("names commands that exist", () => {
    expect(Object.values(commands).filter((command) => !paths().includes(command))).toEqual([])
  })

  it("is the page of the reference", () => {
    expect(readFileSync(pageFile, "utf8")).toBe(page)
  })
})
