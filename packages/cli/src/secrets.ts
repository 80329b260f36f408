/** The secrets of a store: from a file, from variables, or from a prompt. No message shows any of them. */
import { readFile } from "node:fs/promises"
import { type StoresApi, storeSecrets } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Ask } from "./Ask.js"
import { UsageError } from "./Failure.js"
import { variable } from "./Settings.js"

interface Source {
  readonly mock: boolean
  readonly secretsFile: string | undefined
  readonly type: StoresApi.Type
}

const variableOf = (name: string) => `PIXXEL_STORE_${name.toUpperCase()}`

/** Reads the file, or stdin for `-`. */
const contentOf = (path: string) =>
  path === "-"
    ? Effect.flatMap(Ask, ({ input }) => input)
    : Effect.tryPromise({
        try: () => readFile(path, "utf8"),
        catch: (error) => new UsageError({ message: `${path} could not be read: ${Object(error).code}.`, next: wanted })
      })

const wanted = "--secrets-file needs a JSON object with the secrets by their names: pixxel help stores create"

/** Finds a secret by its name. A credential that is an object in the file is sent as its JSON. */
const fromFile = (path: string) =>
  Effect.flatMap(contentOf(path), (content) =>
    Effect.try({
      try: () => {
        const values: Readonly<Record<string, unknown>> = Object(JSON.parse(content))
        return (name: string) =>
          Effect.succeed(
            Option.map(Option.fromNullable(values[name]), (it) => (typeof it === "string" ? it : JSON.stringify(it)))
          )
      },
      // the reason might show a part of the file
      catch: () => new UsageError({ message: `${path === "-" ? "stdin" : path} is no JSON.`, next: wanted })
    })
  )

const fromVariable = (mock: boolean) => (name: string) =>
  Effect.flatMap(
    variable(variableOf(name)),
    Option.match({
      onNone: () =>
        mock ? Effect.succeedSome("mock") : Effect.flatMap(Ask, ({ secret }) => secret(`${name} (not shown):`)),
      onSome: Effect.succeedSome
    })
  )

/** The secrets of a type by the names of the client. Against the mock, missing ones are made up. */
export const secretsOf = ({ mock, secretsFile, type }: Source) =>
  Effect.gen(function* () {
    const find = secretsFile === undefined ? fromVariable(mock) : yield* fromFile(secretsFile)
    const secret = (name: string) =>
      Effect.filterOrFail(
        Effect.map(
          find(name),
          Option.getOrElse(() => "")
        ),
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
