/** `pixxel ping`: checks that the API answers. */
import { Pixxel } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { plain } from "../render/plain.js"
import { calling, shown } from "./calling.js"

export const ping = calling("ping", "Check that the API answers. Does not send the token.", {}, () =>
  Effect.map(Pixxel.ping, shown(Schema.String, plain))
)
