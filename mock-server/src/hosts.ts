/**
 * Which hosts a world's client reaches. One rule for both transports: the two origins of the app, and hosts that the
 * test allows by name. A request to any other host fails as a name that does not resolve, so a wrong base URL or a
 * redirect never leaves the process.
 */
import type { Dispatcher } from "undici/index.js"
import { inProcessAgent, socketAgent, untracked } from "./clock/program.js"

/** The hosts of the paid API, which no option allows. */
const paid = /(?:^|\.)pixxel\.space$/

/** A host name as a URL has it, without the dot that marks it as absolute. */
const plainName = (hostname: string): string => hostname.replace(/\.$/, "")

/**
 * A request to a host that the mock does not serve and the test does not allow. It was not sent. `code` and `syscall`
 * are those of a name that does not resolve, so that clients classify it as they do in production.
 *
 * @since 0.1.0
 * @category errors
 */
export class HostNotAllowed extends Error {
  override readonly name = "HostNotAllowed"
  readonly code = "ENOTFOUND"
  readonly errno = -3008
  readonly syscall = "getaddrinfo"
  readonly hostname: string

  constructor({ host, hostname, origin }: URL) {
    const remedy = paid.test(plainName(hostname))
      ? ". A mock world never reaches the paid API"
      : `, or allow the host: MockServer.layer({ allowHosts: [${JSON.stringify(host)}] })`
    super(
      `getaddrinfo ENOTFOUND ${hostname}: the mock server does not serve ${origin}, and the request was not sent. ` +
        `Expected the baseUrl of MockServer or a signed URL of its world${remedy}`
    )
    this.hostname = hostname
  }
}

/** A host name, and a port; without one, every port. */
export interface AllowedHost {
  readonly hostname: string
  readonly port: string | undefined
}

const defaultPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" }

const readHost = (text: string, index: number): AllowedHost => {
  const wrong = (expected: string) =>
    new RangeError(`allowHosts[${index}] is ${JSON.stringify(text)}: expected ${expected}`)
  const [, name, port] = /^(\[[^\]]*\]|[^\s/?#@\\*:]+)(?::(\d+))?$/.exec(text) ?? []
  // the URL parser gives names their one spelling: lower case, punycode, numbers of IP addresses
  const url = `http://${name}:${port ?? 80}`
  if (name === undefined || !URL.canParse(url)) {
    throw wrong('a host with or without a port, such as "localhost", "localhost:4566" or "[::1]:4566"')
  }
  const hostname = plainName(new URL(url).hostname)
  if (paid.test(hostname)) throw wrong("a host other than the paid API's, which a mock world never reaches")
  return { hostname, port: port === undefined ? undefined : String(Number(port)) }
}

/** Reads the names of a test. Throws a `RangeError` for a text that is no host, and for the paid API's. */
export const readHosts = (texts: ReadonlyArray<string>): ReadonlyArray<AllowedHost> => texts.map(readHost)

/** Whether one of these hosts is that of the URL. */
export const isAllowed = (hosts: ReadonlyArray<AllowedHost>, { hostname, port, protocol }: URL): boolean => {
  const asked = port || defaultPorts[protocol]
  return hosts.some((host) => host.hostname === plainName(hostname) && (host.port === undefined || host.port === asked))
}

/** Connects to hosts that a test allows. */
const network = untracked(socketAgent())

/** Refuses all other hosts. */
const nowhere = inProcessAgent({}, (url) => new HostNotAllowed(url))

/**
 * Connections of a world's client: to the app at its origins, and to hosts that the test allows. They are selected for
 * each request by its origin, including redirects: a connection opened by another world does not allow the host for
 * this one.
 */
export const reach = (
  app: Dispatcher,
  served: ReadonlyArray<string>,
  allowed: ReadonlyArray<AllowedHost>
): Dispatcher =>
  app.compose((toApp) => (options, handler) => {
    const url = new URL(String(options.origin))
    if (served.includes(url.origin)) return toApp(options, handler)
    return (isAllowed(allowed, url) ? network : nowhere).dispatch(options, handler)
  })
