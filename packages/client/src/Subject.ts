/**
 * The resource that an error is about, by its kind and its ids.
 *
 * @since 0.1.0
 */
import { Any, type Tagged } from "./internal/tagged.js"

/**
 * An existing resource of any kind: its `_tag`, and its ids from the outermost to its own. Each resource has a subject
 * of its own (`JobSubject`, `TaskSubject`), and the errors of its service are narrowed to it. `toString` is a text with
 * all ids, such as `Job(workflowId: wf-1, jobId: job-1)`.
 *
 * @since 0.1.0
 * @category models
 */
export const Subject = Any
export type Subject = Tagged
