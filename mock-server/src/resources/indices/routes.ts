/** Routes that list and create indices. */
import { type Problem, printValue, unless } from "../../core/Problem.js"
import { contentOf } from "../../core/Shape.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import { refuseNew } from "../../http/answers.js"
import { refuse } from "../../http/bodies.js"
import { filtered, is, paged } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { NewIndex } from "./fixture.js"
import type { operations } from "./index.js"
import type { Index } from "./state.js"

/** Encodes an index; nothing changes it after its creation. */
const encode = ({ createdAt, ...index }: Index) => {
  const created_at = formatTimestamp("micros", createdAt)
  const bands = [...new Set(index.expression.match(/\bB\w+/g))].sort()
  return { ...index, type: "custom", bands, created_at, updated_at: created_at }
}

/** Whether each parenthesis has its other one. */
const isBalanced = (expression: string) => {
  let open = 0
  for (const character of expression) {
    open += character === "(" ? 1 : character === ")" ? -1 : 0
    if (open < 0) return false
  }
  return open === 0
}

/** The problems of a body of the right shape. Which of them the API finds is not documented. */
const problemsOf = ({ expression, rescale }: NewIndex): ReadonlyArray<Problem> => {
  const [first = 0, second = 0] = rescale
  return [
    ...unless(isBalanced(expression), ["expression"], printValue(expression), "a formula with pairs of parentheses"),
    ...unless(
      rescale.length === 2 && first < second,
      ["rescale"],
      JSON.stringify(rescale),
      "two numbers, of which the first is less"
    )
  ]
}

export const handlers: Handlers<typeof operations> = {
  ListIndices: (request) => {
    const { drawers, fixtures } = worldOf(request)
    const all = [...[...(fixtures.indices?.values() ?? [])].map(contentOf), ...drawers.indices.all.map(encode)]
    const matching = filtered(request, all, {
      satellite_id: is(({ satellite_id }) => satellite_id),
      type: is(({ type }) => type),
      expression_type: is(({ expression_type }) => expression_type),
      index_id: is(({ id }) => id)
    })
    return paged(request, "indices", matching, 10, (it) => it)
  },
  CreateIndex: (request, reply) => {
    const { clock, drawers, fixtures } = worldOf(request)
    const wanted = request.body as NewIndex // of its shape
    refuse(problemsOf(wanted))
    const { all, isFull, subject } = drawers.indices
    refuseNew({ all: [...(fixtures.indices?.values() ?? []), ...all], isFull, subject }, wanted.name)
    return reply.code(201).send(encode(drawers.indices.add((id) => ({ id, ...wanted, createdAt: clock.now }))))
  }
}
