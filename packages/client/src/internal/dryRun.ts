/**
 * A dry run of a create: a request that differs from the create by a flag, which a server may ignore. So it carries a
 * mark, is never repeated, and only its own call learns of an item that the server made.
 */
import * as Effect from "effect/Effect"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import * as attempts from "./attempts.js"
import type { Answer } from "./call.js"
import type * as classify from "./classify.js"
import type { Connection } from "./connection.js"
import { statusOf } from "./createErrors.js"
import * as elapsed from "./elapsed.js"
import { graceOf } from "./grace.js"
import * as Intent from "./intent.js"
import type { Tagged } from "./tagged.js"

/** The record of a dry run that is sent now. */
export const intentOf = <Target extends Tagged>(
  http: Connection,
  target: Target
): Effect.Effect<CreateIntent<Target>> =>
  Effect.flatMap(elapsed.now, (now) => Intent.sent(http, { target, isMarked: true, grace: graceOf({}), now }))

/** The facts of an error of a dry run, whose outcome is unknown. `name` is that of its method. */
export const unknown = (call: classify.Call, name: string, error: HttpError) => {
  const { attempts, message, method, operation, route } = error
  const reason = message.replace(call.name, name)
  return { operation, method, route, attempts, status: statusOf(error), reason }
}

/** The error of an answer without the id that a create promises. */
export const withoutId = (answer: Answer<unknown>): HttpError =>
  attempts.unusable(answer, { path: "id", expected: "an id", found: "nothing" })
