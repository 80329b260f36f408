/** Defines the commands that call the API, and makes the answers of those that read. */
import * as Command from "@effect/cli/Command"
import type { PixxelHttpClient } from "@effect-pixxel/client"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type * as Types from "effect/Types"
import type { Failure } from "../failure/errors.js"
import { saved } from "../files.js"
import { plain } from "../render/plain.js"
import type { Style } from "../render/style.js"
import { type Column, list } from "../render/table.js"
import { type Answer, answer, type Common } from "./answer.js"
import { define } from "./command.js"
import { common } from "./options.js"

type Config = Command.Command.Config

/** The options of a command, with those of every command. */
type Options<C extends Config> = Types.Simplify<Command.Command.ParseConfig<C>> & Common

/**
 * Makes the `calling` of a group, over the only services that its commands load. `calling` defines a command by an
 * example, and passes the main service to its program. The options of every command follow its own.
 */
export const using =
  <Self, Api, Services>(main: Context.Tag<Self, Api>, services: Layer.Layer<Services, never, PixxelHttpClient>) =>
  <const C extends Config, R>(
    example: string,
    description: string,
    config: C,
    program: (options: Options<C>, api: Api) => Effect.Effect<Answer, Failure, R>,
    traits: Pick<Common, "takesMonths"> = {}
  ) =>
    define(example, { ...config, ...common }, (given) => {
      // the parsed form of a generic config stays unresolved, although it is this by construction
      const options = given as unknown as Options<C>
      const called = Effect.flatMap(main, (api) => program(options, api))
      return answer({ ...options, ...traits }, Effect.provide(called, services))
    }).pipe(Command.withDescription(description))

/** Defines a group of commands. */
export const group = <Commands extends Parameters<typeof Command.withSubcommands>[1]>(
  name: string,
  description: string,
  commands: Commands
) => Command.make(name, {}).pipe(Command.withDescription(description), Command.withSubcommands(commands))

/** A model of the client, which JSON shows in its encoded form. */
export interface Model {
  readonly toJSON: () => object
}

/** Shows one thing. */
export const shown =
  <A extends Model | string>(text: (value: A, style: Style) => string) =>
  (value: A): Answer => ({ json: () => value, text: (style) => text(value, style) })

/** Lists things: one document with all of them by their name, a line for each, or a table. */
export const listed =
  <A extends Model>(things: string, columns: ReadonlyArray<Column<A>>) =>
  (found: Iterable<A>): Answer => {
    const items = [...found]
    return {
      json: () => ({ [things]: items }),
      lines: () => items,
      text: (style) => list(things, columns, items, style)
    }
  }

/** Lists the things of a stream. */
export const listing =
  <A extends Model>(things: string, columns: ReadonlyArray<Column<A>>) =>
  <E, R>(stream: Stream.Stream<A, E, R>) =>
    Effect.map(Stream.runCollect(stream), listed(things, columns))

/** Saves the content of a file, and answers its path. */
export const savedAs = (path: string, content: string | Uint8Array) =>
  Effect.as(saved(path, content), { json: () => ({ path }), text: () => `Saved ${plain(path)}` } satisfies Answer)
