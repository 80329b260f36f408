/**
 * Defines commands, and keeps what may stand on the line of each: its ids, which may be given without their options,
 * and its options. The command line is read and suggestions are made by this table.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Types from "effect/Types"

/** A required id. */
interface Positional {
  /** Of its option. */
  readonly name: string
  readonly option: unknown
}

const positionals: Array<Positional> = []

/** Declares that the value of a required option may stand alone, in the order of the options of its command. */
export const positional = <A>(name: string, option: Options.Options<A>): Options.Options<A> => {
  positionals.push({ name, option })
  return option
}

/** What may stand on the line of a command. Names are without dashes. */
export interface Syntax {
  /** The ids that may stand without their options, in their order. */
  readonly ids: ReadonlyArray<string>
  /** The options that have a value. */
  readonly valued: ReadonlySet<string>
  /** The options that have none. */
  readonly switches: ReadonlySet<string>
}

/** The names of an option, or of several that are read together. */
const namesOf = (option: Options.Options<unknown>): ReadonlyArray<string> =>
  Option.match(Options.getIdentifier(option), {
    onNone: () => [],
    onSome: (names) => names.split(", ").map((name) => name.replace(/^--/, ""))
  })

const syntaxOf = (config: Command.Command.Config): Syntax => {
  const options = Object.values(config).filter(Options.isOptions)
  // options that are read together are switches
  const isSwitch = (option: Options.Options<unknown>) => Options.isBool(option) || namesOf(option).length > 1
  return {
    ids: options.flatMap((option) => positionals.filter((it) => it.option === option).map(({ name }) => name)),
    valued: new Set(options.filter((option) => !isSwitch(option)).flatMap(namesOf)),
    switches: new Set(options.filter(isSwitch).flatMap(namesOf))
  }
}

const configs = new Map<string, Command.Command.Config>()

/** The syntax of a command, by its group and name. */
export const syntax = (path: string): Option.Option<Syntax> =>
  Option.map(Option.fromNullable(configs.get(path)), syntaxOf)

/** Group and name of every command. */
export const paths = (): ReadonlyArray<string> => [...configs.keys()]

/** A command, by its group and name. */
export const define = <const Config extends Command.Command.Config, R, E>(
  path: string,
  config: Config,
  handler: (options: Types.Simplify<Command.Command.ParseConfig<Config>>) => Effect.Effect<void, E, R>
) => {
  configs.set(path, config)
  return Command.make(path.slice(path.indexOf(" ") + 1), config, handler)
}
