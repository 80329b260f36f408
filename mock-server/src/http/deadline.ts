/**
 * Limits the time in which a request must arrive, including its body. It is real time, since it protects the machine: a
 * slow client must not hold a connection or a world endlessly. Parked handlers, slow answers and idle connections have
 * no such deadline.
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
