/** All models of the package. */
import { Schema } from "effect"
import * as client from "../src/index.js"
import type { AnyModel } from "../src/internal/model.js"
import { tableOf } from "../src/internal/model.js"

type Model = AnyModel & Schema.Schema<object, unknown>

const isModel = (value: unknown): value is Model =>
  typeof value === "function" && Schema.isSchema(value) && tableOf(value as unknown as AnyModel) !== undefined

export const models: ReadonlyArray<readonly [name: string, Model: Model]> = Object.entries<unknown>(client).flatMap(
  ([name, value]) => (isModel(value) ? [[name, value] as const] : [])
)
