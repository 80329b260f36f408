import { Console, Context, type Effect, Layer } from "effect"

/** Notifies people. A real program would use a chat or a pager. */
export class Notices extends Context.Tag("Notices")<
  Notices,
  { readonly send: (text: string) => Effect.Effect<void> }
>() {
  static readonly console = Layer.succeed(Notices, { send: Console.log })
}
