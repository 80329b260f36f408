/** The shapes of the fixtures of resources, and of error bodies. */
import { kinds } from "../src/core/Fixture.js"
import type { FixtureKind } from "../src/resources/Resource.js"

/** By folder. */
export const shapes = Object.fromEntries(
  Object.entries<FixtureKind>(kinds).map(([kind, { shape }]) => [kind, shape])
) as {
  readonly [Kind in keyof typeof kinds]: (typeof kinds)[Kind]["shape"]
} // of each
