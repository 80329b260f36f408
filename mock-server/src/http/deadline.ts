/**
 * How long a request may take to arrive, its body included. This is about the machine, so it is real time: whoever sends
 * slowly must not keep a connection, or a world, for ever. A handler that parks, an answer that is slow, and a connection
 * that is idle have no such deadline.
 */

/** Options of a Fastify instance; 0: there is no deadline. */
export const deadline = (requestTimeout: number) => ({
  requestTimeout,
  http: {
    headersTimeout: requestTimeout,
    // Node looks at its connections this often, and ends those that are late then
    ...(requestTimeout > 0 && { connectionsCheckingInterval: Math.max(1, Math.round(requestTimeout / 4)) })
  }
})
