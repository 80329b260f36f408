/** The workflow operations, and the stream over all pages. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { call } from "../../internal/call.js"
import { timeParam } from "../../internal/query.js"
import * as Raw from "../../internal/raw.js"
import { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { WorkflowPage } from "../Workflow.js"
import type { WorkflowsApi } from "../WorkflowsApi.js"
import * as endpoints from "./endpoints.js"

const documentedLimit = 50

/** The number of items that the server sent, including unreadable ones: a smaller count would skip other items. */
const received = (page: WorkflowPage): number =>
  Option.match(Raw.of(page.workflows), {
    onNone: () => 0,
    onSome: (items) => (Array.isArray(items) ? items.length : 0)
  })

/**
 * Whether more items follow a page. A total counts unless it contradicts the received items; without a total, a page
 * that is not full is the last.
 */
const hasMore = (page: WorkflowPage, offset: number, asked: number): boolean => {
  const count = received(page)
  const said = (name: "limit" | "total") => Option.flatMap(page.pagination, (pagination) => pagination[name])
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

  const list: WorkflowsApi.Service["list"] = (input = {}) =>
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

  const listAll: WorkflowsApi.Service["listAll"] = (input = {}) =>
    Stream.suspend(() => {
      const limit = input.limit ?? documentedLimit
      const seen = new Set<string>()
      return Stream.paginateChunkEffect({ offset: input.offset ?? 0, barren: false }, ({ barren, offset }) =>
        Effect.map(list({ ...input, limit, offset }), (page) => {
          const fresh = page.workflows.filter(({ id }) => !seen.has(id))
          for (const { id } of fresh) seen.add(id)
          // A server that ignores the offset returns known or unreadable items endlessly.
          const nothing = fresh.length === 0
          const stuck = nothing && (barren || page.workflows.length > 0)
          const next = { offset: offset + received(page), barren: nothing }
          const more = !stuck && hasMore(page, offset, limit)
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
