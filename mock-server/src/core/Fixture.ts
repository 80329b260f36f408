/** The fixtures of a mock server, and the shapes that belong to no resource. */
import * as Type from "typebox/type"
import { resources } from "../resources/index.js"
import type { JobFixture } from "../resources/jobs/fixture.js"
import { type FixtureKind, type Merged, merge } from "../resources/Resource.js"
import type { WorkflowFixture } from "../resources/workflows/fixture.js"
import type { FaultPlan } from "./faults/Plan.js"
import type { Scenario } from "./Scenario.js"
import { emptyLists, field, fixture, json, object, optional, type Shaped, statusFrom, texts } from "./Shape.js"

export const worldQuirks = object(
  {
    unknownIds: field(
      optional(
        Type.Union([Type.Literal(400), Type.Literal(403), Type.Literal(404)], { title: "400, 403 or 404" }),
        404
      ),
      "HTTP status for an id that does not exist. The API declares 400 and 403, whose documented meanings " +
        "(malformed, no access) do not fit; other operations answer 404.",
      [403]
    ),
    emptyLists: field(
      emptyLists,
      "How a list of no jobs or no workflows is sent. `empty`: `[]`. `null`: `null`, as Go writes a slice that " +
        "was never made (inferred).",
      ["null"]
    ),
    errorType: field(
      optional(Type.String({ pattern: "^[\\w.+*-]+/[\\w.+*-]+$", title: 'a media type such as "image/png"' })),
      "Content type of error bodies, which stay JSON (`image/png` is documented). Default: `application/json; " +
        "charset=utf-8`.",
      ["image/png"]
    ),
    ...merge(resources, "quirks")
  },
  { title: "the quirks of a world", description: "Oddities of a whole world." }
)

export const errorShape = fixture(
  "error",
  "A file of `errors/`: one answer that is not a success, for tests of clients. The server does not send it by " +
    "itself; the fault `answer` takes the same status, headers and body.",
  {
    status: field(statusFrom(400), "HTTP status of the answer.", [429]),
    headers: field(texts, "Headers of the answer.", [
      { "content-type": "application/json; charset=utf-8", "retry-after": "7" }
    ]),
    body: field(json, "Body of the answer: a text is sent as it is, anything else as JSON.", [
      { error: { code: "rate_limited", message: "too many requests" } },
      ""
    ])
  }
)

/**
 * The kinds of fixtures of all resources, and error bodies, by folder.
 *
 * @internal
 */
export const kinds = {
  ...Object.fromEntries(Object.entries(merge(resources, "fixtures")).sort(([a], [b]) => (a < b ? -1 : 1))),
  errors: { shape: errorShape, key: "file" }
} as Merged<typeof resources, "fixtures"> & { readonly errors: FixtureKind & { readonly shape: typeof errorShape } } // sorted

/**
 * Quirks of a whole world.
 *
 * @since 0.1.0
 * @category models
 */
export type WorldQuirks = Shaped<typeof worldQuirks>

/**
 * One answer that is not a success.
 *
 * @since 0.1.0
 * @category models
 */
export type ErrorFixture = Shaped<typeof errorShape>

type Kinds = Merged<typeof resources, "fixtures">

/** Fixtures of all resources by kind; a set that a test makes may leave out any but those of jobs. */
type OfResources = {
  readonly [Kind in keyof Kinds as Kinds[Kind] extends { readonly becomes: unknown } ? never : Kind]?: ReadonlyMap<
    string,
    Shaped<Kinds[Kind]["shape"]>
  >
}

/**
 * All fixtures of a mock server.
 *
 * @since 0.1.0
 * @category models
 */
export interface FixtureSet extends OfResources {
  /** Planned and recorded stories, by the name of the file, without `.json`. */
  readonly jobs: ReadonlyMap<string, JobFixture>
  /** By the workflow's id. */
  readonly workflows: ReadonlyMap<string, WorkflowFixture>
  /** By the name of the file, without `.json`. */
  readonly errors: ReadonlyMap<string, ErrorFixture>
  /** By the name of the file, without `.json`. */
  readonly faults: ReadonlyMap<string, FaultPlan>
  /** By the name of the file, without `.json`. */
  readonly scenarios: ReadonlyMap<string, Scenario>
}

/** Fixtures as JSON: the entries of their maps, by kind. */
export type WrittenFixtures = Readonly<Record<string, ReadonlyArray<readonly [string, unknown]>>>

export const writeFixtures = (fixtures: Partial<FixtureSet>): WrittenFixtures =>
  Object.fromEntries(Object.entries<ReadonlyMap<string, unknown>>(fixtures).map(([kind, named]) => [kind, [...named]]))

/** Nothing is checked: the fixtures were checked before they were written. */
export const readFixtures = (written: WrittenFixtures): FixtureSet => {
  const kinds = Object.entries(written).map(([kind, named]) => [kind, new Map(named)])
  return Object.freeze(Object.fromEntries(kinds)) as FixtureSet // it was one when it was written
}
