/** The workflow operations, and the stream over all pages. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { call } from "../../internal/call.js"
import type * as Model from "../../internal/model.js"
import { timeParam } from "../../internal/query.js"
import { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { WorkflowPage } from "../Workflow.js"
import type { WorkflowsApi } from "../WorkflowsApi.js"
import * as endpoints from "./endpoints.js"

const documentedLimit = 50

type Page = Model.Page<WorkflowPage, "workflows">

/** The number of items that the server sent, including unreadable ones: a smaller count would skip other items. */
const received = ({ items, unreadable }: Page): number => items.length + unreadable

/**
 * Whether more items follow a page. A total counts unless it contradicts the received items; without a total, a page
 * that is not full is the last.
 */
const hasMore = (sent: Page, offset: number, asked: number): boolean => {
  const count = received(sent)
  const said = (name: "limit" | "total") => Option.flatMap(sent.page.pagination, (pagination) => pagination[name])
  const total = Option.filter(said("total"), (value) => value >= offset + count)
  const limit = Option.getOrElse(
    Option.filter(said("limit"), (value) => value > 0),
    () => asked
  )
  return (
    count > 0 &&
    Option.match(total, {
      onNone: () => count >= Math.min(limit, asked),
      onSome: (value) => offset + count < value
    })
  )
}

export const make: Effect.Effect<WorkflowsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* PixxelHttpClient

  const listPage = (input: WorkflowsApi.ListInput) =>
    call(http, endpoints.listWorkflows, {
      params: {},
      query: {
        project_id: input.projectId,
        id: input.id,
        name: input.name,
        created_by: input.createdBy,
        created_on: timeParam(input.createdOn),
        updated_at: timeParam(input.updatedAt),
        offset: input.offset,
        limit: input.limit
      }
    })

  const list: WorkflowsApi.Service["list"] = (input = {}) => Effect.map(listPage(input), ({ page }) => page)

  const listAll: WorkflowsApi.Service["listAll"] = (input = {}) =>
    Stream.suspend(() => {
      const limit = input.limit ?? documentedLimit
      const seen = new Set<string>()
      return Stream.paginateChunkEffect({ offset: input.offset ?? 0, barren: false }, ({ barren, offset }) =>
        Effect.map(listPage({ ...input, limit, offset }), (sent) => {
          const fresh = sent.items.filter(({ id }) => !seen.has(id))
          for (const { id } of fresh) seen.add(id)
          // A server that ignores the offset returns known or unreadable items endlessly.
          const nothing = fresh.length === 0
          const stuck = nothing && (barren || sent.items.length > 0)
          const next = { offset: offset + received(sent), barren: nothing }
          const more = !stuck && hasMore(sent, offset, limit)
          return [Chunk.unsafeFromArray(fresh), more ? Option.some(next) : Option.none<typeof next>()] as const
        })
      )
    })

  const get: WorkflowsApi.Service["get"] = ({ projectId, workflowId }) =>
    call(http, endpoints.getWorkflowsById, {
      params: { workflow_id: workflowId },
      query: { project_id: projectId }
    })

  const estimate: WorkflowsApi.Service["estimate"] = ({ workflowId }) =>
    call(http, endpoints.getWorkflowCostEstimate, { params: { workflow_id: workflowId } })

  return { list, listAll, get, estimate }
})
