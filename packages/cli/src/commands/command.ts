/**
 * Defines commands, and records the syntax of each: its positional ids and its options. Parsing and suggestions use
 * this table.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Types from "effect/Types"

const positionals = new Set<unknown>()

/** Declares that a required option may also be positional, in the order of the options of its command. */
export const positional = <A>(option: Options.Options<A>): Options.Options<A> => {
  positionals.add(option)
  return option
}

/** The syntax of a command. Names are without dashes. */
export interface Syntax {
  /** The positional ids, in order. */
  readonly ids: ReadonlyArray<string>
  /** The options with a value. */
  readonly valued: ReadonlySet<string>
  /** The options without a value. */
  readonly switches: ReadonlySet<string>
  /** The option of each input of the client. */
  readonly optionOf: ReadonlyMap<string, string>
}

/** The names of an option, or of several that are parsed together. */
const namesOf = (option: Options.Options<unknown>): ReadonlyArray<string> =>
  Option.toArray(Options.getIdentifier(option)).flatMap((names) =>
    names.split(", ").map((name) => name.replace(/^--/, ""))
  )

/** The syntax of options. */
export const syntaxOf = (config: Command.Command.Config): Syntax => {
  const options = Object.values(config).filter(Options.isOptions)
  // options that are parsed together are switches
  const isSwitch = (option: Options.Options<unknown>) => Options.isBool(option) || namesOf(option).length > 1
  return {
    ids: options.filter((option) => positionals.has(option)).flatMap(namesOf),
    valued: new Set(options.filter((option) => !isSwitch(option)).flatMap(namesOf)),
    switches: new Set(options.filter(isSwitch).flatMap(namesOf)),
    optionOf: new Map(
      Object.entries(config).flatMap(([input, option]) =>
        Options.isOptions(option) ? namesOf(option).map((name) => [input, name] as const) : []
      )
    )
  }
}

interface Definition {
  readonly example: string
  readonly config: Command.Command.Config
  /** Made on first use: an option before the command may belong to any command, so parsing needs all of them. */
  syntax?: Syntax
}

const definitions = new Map<string, Definition>()

/** The syntax of a loaded command, by its group and name. */
export const syntax = (path: string): Option.Option<Syntax> =>
  Option.map(Option.fromNullable(definitions.get(path)), (definition) => {
    definition.syntax ??= syntaxOf(definition.config)
    return definition.syntax
  })

/** Whether a word is a command without a group. */
export const isAlone = (word: string): boolean => definitions.has(word)

/** Group and name of every loaded command. */
export const paths = (): ReadonlyArray<string> => [...definitions.keys()]

export const exampleOf = (path: string): string => `pixxel ${definitions.get(path)?.example}`

/** Defines a command by an example, which begins with its group and name, or with its name alone. */
export const define = <const Config extends Command.Command.Config, R, E>(
  example: string,
  config: Config,
  handler: (options: Types.Simplify<Command.Command.ParseConfig<Config>>) => Effect.Effect<void, E, R>
) => {
  const [path = ""] = example.split(" --", 1)
  definitions.set(path, { example, config })
  return Command.make(path.slice(path.indexOf(" ") + 1), config, handler)
}
