/** Ends connections. */
import * as Type from "typebox/type"
import { bytes, field, object, oneOf } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import type { End } from "./Kind.js"
import { faultKind } from "./parts.js"

export const place = object(
  {
    at: field(
      Type.Union([Type.Enum(["request", "answer", "head"]), bytes], {
        title: 'one of "request", "answer", "head", or a number of bytes from 0'
      }),
      "Place of the end. `request`: before the request is handled. `answer`: after it was handled, before its " +
        "answer, so that a job is created without the client's knowledge. `head`: in the middle of the head. A " +
        "number: after that many bytes of the body; 0 is after the head.",
      ["answer", 500]
    ),
    by: field(
      oneOf("reset", "close", "hang"),
      "Kind of the end. `reset`: a TCP reset. `close`: an orderly close. `hang`: the connection stays open, and " +
        "nothing more comes.",
      ["reset"]
    )
  },
  { description: "An end of the connection." }
)

export const kind = faultKind(place, "The connection ends, or falls silent.", [{ at: "answer", by: "reset" }], {
  weight: 3,
  draw: {
    fields: {
      at: {
        any: [
          [1, { values: ["request", "answer", "head"] }],
          [1, { whole: [0, 2_000] }]
        ]
      },
      by: { values: ["reset", "close", "hang"] }
    },
    needs: ["at", "by"]
  },
  before: ({ at, by }) => (at === "request" ? { end: by } : undefined),
  write: async ({ at, by }, wire) => {
    if (typeof at === "number") {
      // promises at least one byte that is never sent, even for a short body
      wire.head({ "content-length": Math.max(wire.length, at + 1) })
      await wire.first(at)
    } else {
      wire.unanswered()
      if (at === "head") wire.halfHead()
    }
    await wire.end(by)
  }
})

/**
 * Ends the connection before the request is handled; `hang` is a server that never answers.
 *
 * @since 0.1.0
 * @category effects
 */
export const refuse = (by: End): FaultEffect => ({ cut: { at: "request", by } })

/**
 * Handles the request and loses its answer: a job is created without the client's knowledge.
 *
 * @since 0.1.0
 * @category effects
 */
export const loseAnswer = (by: End): FaultEffect => ({ cut: { at: "answer", by } })

/**
 * Ends the connection in the middle of the head.
 *
 * @since 0.1.0
 * @category effects
 */
export const cutHead = (by: End): FaultEffect => ({ cut: { at: "head", by } })

/**
 * Ends the connection after this many bytes of the body; 0 is after the head. `hang` is a stall.
 *
 * @since 0.1.0
 * @category effects
 */
export const cutBody = (afterBytes: number, by: End): FaultEffect => ({ cut: { at: afterBytes, by } })
