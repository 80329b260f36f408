/** Areas that a user names by a file of GeoJSON, or sends to stdin. */
import * as Geometry from "@effect-pixxel/client/Geometry"
import { PixxelInvalidInput } from "@effect-pixxel/client/InputError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { nameOf, readJson } from "./jsonFile.js"

type Parse<A> = (json: unknown) => Either.Either<A, Geometry.Difference>

/** Reads an area in a file, or in stdin for `-`. `what` is the subject of the message of a mistake. */
export const areaOf = <A>(parse: Parse<A>, path: string, operation: string, what: string) => {
  const noArea = ({ expected, found, path: at }: Geometry.Difference) =>
    new PixxelInvalidInput({
      operation,
      path: at,
      found,
      expected,
      message: `${what} was not sent: in ${nameOf(path)}, ${at} is ${found} where ${expected} is needed.`
    })
  return Effect.flatMap(
    readJson(path, () => noArea({ path: "geometry", found: "no JSON", expected: "GeoJSON of an area" })),
    (json) => Either.mapLeft(parse(json), noArea)
  )
}

/** Reads the polygon of an operation. */
export const areaIn = (path: string, operation: string, what: string) => areaOf(Geometry.parse, path, operation, what)
