/** The models of a module. */
import { Schema } from "effect"
import { type AnyModel, tableOf } from "../src/internal/model.js"

type Model = AnyModel & Schema.Schema<object, unknown>

const isModel = (value: unknown): value is Model =>
  // Only a model has a table.
  typeof value === "function" && Schema.isSchema(value) && tableOf(value as unknown as AnyModel) !== undefined

export const modelsIn = (
  module: Readonly<Record<string, unknown>>
): ReadonlyArray<readonly [name: string, Model: Model]> =>
  Object.entries(module).flatMap(([name, value]) => (isModel(value) ? [[name, value] as const] : []))
