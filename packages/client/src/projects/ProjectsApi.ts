/**
 * Finds and reads projects.
 *
 * @since 0.1.0
 */
import { all, one, page, service } from "../internal/service.js"
import * as endpoints from "./internal/endpoints.js"

/**
 * The project operations of the API.
 *
 * @example
 * import { ProjectsApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import * as Stream from "effect/Stream"
 *
 * const monsoon = Effect.gen(function* () {
 *   const projects = yield* ProjectsApi
 *   return yield* projects.listAll().pipe(
 *     Stream.filter(({ name }) => Option.contains(name, "monsoon-2024")),
 *     Stream.runHead
 *   )
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class ProjectsApi extends service<ProjectsApi>()("ProjectsApi", {
  /**
   * Lists one page of the projects that the token may see. Whether the first `page` is 0 or 1 is not documented: leave
   * it out for the first. `listAll` works with both.
   */
  list: page(endpoints.listProjects),
  /** Streams the projects of all pages from `page` on, each project once. Fetches pages of `pageSize` on demand. */
  listAll: all(endpoints.listProjects),
  /** Reads a project. */
  get: one(endpoints.getProjectById)
}) {}

/**
 * The types of `ProjectsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace ProjectsApi {
  /** The project operations. Their errors are documented in `PixxelError`. */
  export type Service = typeof ProjectsApi.Service
}
