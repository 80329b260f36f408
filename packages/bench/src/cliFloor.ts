/** The smallest command line on @effect/cli: an empty command with one option. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"

const get = Command.make("get", { job: Options.text("job") }, () => Effect.void)

Command.run(get, { name: "floor", version: "0.0.0" })(process.argv).pipe(
  Effect.provide(NodeContext.layer),
  Effect.runPromise
)
