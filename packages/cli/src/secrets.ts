/** The secrets of a store: from a file, from variables, or from a prompt. No message shows any of them. */
import type { StoresApi } from "@effect-pixxel/client"
import { storeSecrets } from "@effect-pixxel/client/stores/Store"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Ask } from "./Ask.js"
import { UsageError } from "./failure/errors.js"
import { nameOf, readJson } from "./jsonFile.js"
import { variable } from "./Settings.js"

interface Source {
  readonly mock: boolean
  readonly secretsFile: string | undefined
  readonly type: StoresApi.Type
}

const variableOf = (name: string) => `PIXXEL_STORE_${name.toUpperCase()}`

const wanted = "--secrets-file needs a JSON object with the secrets by their names: pixxel help stores create"

const unfit = (message: string) => new UsageError({ message, next: wanted })

/** Finds a secret by its name. A credential that is an object in the file is sent as its JSON. */
const fromFile = (path: string) =>
  Effect.map(
    readJson(
      path,
      () => unfit(`${nameOf(path)} is no JSON.`),
      (cause) => unfit(`${path} could not be read: ${Object(cause).code}.`)
    ),
    (json) => {
      const values: Readonly<Record<string, unknown>> = Object(json)
      return (name: string) => {
        const it = values[name] ?? ""
        return Effect.succeed(typeof it === "string" ? it : JSON.stringify(it))
      }
    }
  )

const fromVariable = (mock: boolean) => (name: string) =>
  Effect.gen(function* () {
    const found = yield* variable(variableOf(name))
    if (Option.isSome(found)) return found.value
    if (mock) return "mock"
    return Option.getOrElse(yield* (yield* Ask).secret(`${name} (not shown):`), () => "")
  })

/** The secrets of a type by the names of the client. Against the mock, missing ones are made up. */
export const secretsOf = ({ mock, secretsFile, type }: Source) =>
  Effect.gen(function* () {
    const find = secretsFile === undefined ? fromVariable(mock) : yield* fromFile(secretsFile)
    const secret = (name: string) =>
      Effect.filterOrFail(
        find(name),
        (text) => text.trim() !== "",
        () =>
          new UsageError({
            message: `pixxel stores create needs the secret ${name} of ${type}.`,
            next: `Set ${variableOf(name)}, or pass --secrets-file FILE.`
          })
      ).pipe(Effect.map(Redacted.make))
    const names = Object.entries<string>(storeSecrets[type])
    return yield* Effect.all(Object.fromEntries(names.map(([key, name]) => [key, secret(name)])))
  })
