/**
 * The errors of the client, as flat tagged errors. They hold facts only, never a request, response or cause object,
 * because Effect 3 prints the token with such an object. The token and the queries of URLs are removed from all
 * external texts.
 *
 * `isRetryable` of every error is a literal type, so that a union splits at compile time: `Extract<CreateError, {
 * readonly isRetryable: true }>`. No error of an operation that costs money is retryable if its request may have
 * arrived.
 *
 * @since 0.1.0
 */

export * from "./Attempt.js"
export * from "./aois/AoiError.js"
export * from "./CreateError.js"
export * from "./CreateUnconfirmed.js"
export * from "./catalog/CatalogError.js"
export * from "./DownloadError.js"
export * from "./HttpError.js"
export * from "./InputError.js"
export * from "./insights/InsightError.js"
export * from "./jobs/JobError.js"
export * from "./orders/OrderError.js"
export * from "./RunError.js"
export * from "./search/SearchError.js"
export * from "./visualizations/VisualizationError.js"
export * from "./WaitError.js"
