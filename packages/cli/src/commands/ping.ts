/** `pixxel ping`: checks that the API answers. */
import * as Command from "@effect/cli/Command"
import * as client from "@effect-pixxel/client/ping/internal/ping"
import * as Effect from "effect/Effect"
import { plain } from "../render/plain.js"
import { withoutToken } from "../Settings.js"
import { answer } from "./answer.js"
import { shown } from "./calling.js"
import { define } from "./command.js"
import { common } from "./options.js"

export const ping = define("ping", common, (options) =>
  withoutToken(answer(options, Effect.map(client.ping, shown(plain))))
).pipe(Command.withDescription("Check that the API answers. Needs and sends no token."))
