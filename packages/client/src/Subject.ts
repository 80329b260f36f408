/**
 * What an error is about: an existing resource, by its kind and its ids.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import * as internal from "./internal/subject.js"

/**
 * An existing resource of any kind: its `_tag`, and its ids from the outermost to its own. Each resource has a subject
 * of its own (`JobSubject`, `TaskSubject`), and the errors of its service are narrowed to it. Subjects are compared by
 * value, and `toString` names the resource, such as `job j-1`.
 *
 * @since 0.1.0
 * @category models
 */
export const Subject = internal.Any

/**
 * The type of `Subject`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Subject extends Schema.Schema.Type<typeof internal.Any> {}
