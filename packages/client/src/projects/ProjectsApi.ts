/**
 * Finds and reads projects.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { HttpError } from "../HttpError.js"
import type { ProjectId } from "../Ids.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import * as internal from "./internal/projectsApi.js"
import type { Project, ProjectPage } from "./Project.js"

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
export class ProjectsApi extends Context.Tag("@effect-pixxel/client/ProjectsApi")<ProjectsApi, ProjectsApi.Service>() {
  /** Builds the service over a `PixxelHttpClient`. */
  static readonly layer: Layer.Layer<ProjectsApi, never, PixxelHttpClient> = Layer.effect(this, internal.make)
}

/**
 * The types of `ProjectsApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace ProjectsApi {
  /**
   * The page of a list. Whether the first `page` is 0 or 1 is not documented: leave it out for the first. `listAll`
   * works with both.
   */
  export interface ListInput {
    readonly page?: number | undefined
    readonly pageSize?: number | undefined
  }

  /** The project operations. Their errors are documented in `PixxelError`. */
  export interface Service {
    /** Lists one page of the projects that the token may see. */
    readonly list: (input?: ListInput) => Effect.Effect<ProjectPage, HttpError>
    /** Streams the projects of all pages from `page` on, each project once. Fetches pages of `pageSize` on demand. */
    readonly listAll: (input?: ListInput) => Stream.Stream<Project, HttpError>
    /** Reads a project. */
    readonly get: (input: { readonly projectId: ProjectId }) => Effect.Effect<Project, HttpError>
  }
}
