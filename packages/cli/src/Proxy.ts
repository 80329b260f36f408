/**
 * Selects the proxy of a request by the usual variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY, lower case first. As in
 * Node, `NODE_USE_ENV_PROXY=0` disables them. Loopback hosts use no proxy.
 */
import { BlockList, isIP, isIPv6 } from "node:net"
import { urlToHttpOptions } from "node:url"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Settings from "./Settings.js"

export type Proxy = Effect.Effect.Success<ReturnType<typeof parse>>

/** The proxy of a URL, if any. */
export type Route = (url: URL) => Option.Option<Proxy>

/** The route without a proxy. */
export const direct: Route = () => Option.none()

/** A proxy did not connect, so the request was not sent. */
export class TunnelError extends Error {
  override readonly name = "TunnelError"
  readonly code = "ERR_PROXY_TUNNEL"
  readonly syscall = "connect"
}

// --- the variables ---

/** The name and the value of a variable, which may be in lower case. */
const variable = (name: string) =>
  Effect.map(
    Effect.forEach([name.toLowerCase(), name], (name) =>
      Effect.map(
        Settings.variable(name),
        Option.map((value) => ({ name, value: value.trim() }))
      )
    ),
    Option.firstSomeOf
  )

/** The proxy of a variable. `proxy:3128` is short for `http://proxy:3128`. */
const parse = ({ name, value }: { readonly name: string; readonly value: string }) => {
  // the error shows no part of the value: it may contain a password
  const fail = (problem: string) => Effect.fail(ConfigError.InvalidData([name], `expected ${problem}`))
  const text = value.includes("://") ? value : `http://${value}`
  if (!URL.canParse(text)) return fail("a URL such as http://proxy.example:3128")
  const url = new URL(text)
  const { protocol } = url
  if (protocol !== "http:" && protocol !== "https:")
    return fail("an http or https URL, such as http://proxy.example:3128")
  const parts = Option.liftThrowable(urlToHttpOptions)(url)
  if (Option.isNone(parts)) return fail("a URL whose user and password are percent-encoded")
  const { auth, hostname, port } = parts.value
  return Effect.succeed({
    protocol,
    host: hostname ?? "",
    port: Number(port ?? (protocol === "https:" ? 443 : 80)),
    /** The value of `proxy-authorization`. */
    authorization: Option.map(Option.fromNullable(auth), (words) =>
      Redacted.make(`Basic ${Buffer.from(words).toString("base64")}`)
    ),
    /** The name in messages: without credentials, and with its variable. */
    name: `${protocol}//${url.host} (${name})`
  })
}

// --- hosts without a proxy ---

const hostOf = ({ hostname }: URL) =>
  hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase()

const portOf = ({ port, protocol }: URL) => (port === "" ? (protocol === "https:" ? "443" : "80") : port)

const family = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4")

/** Whether a host is an address in a list. Names never are. */
const isIn = (list: BlockList, host: string) => isIP(host) !== 0 && list.check(host, family(host))

const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8)
loopback.addAddress("::1", "ipv6")
loopback.addSubnet("::ffff:127.0.0.0", 104, "ipv6")

const isLoopback = (host: string) => host === "localhost" || host.endsWith(".localhost") || isIn(loopback, host)

/** Whether a host matches an entry of NO_PROXY without its port. */
const matchesHost = (entry: string, host: string): boolean => {
  const [, from = entry, sign, to = ""] = /^([\d.:a-f]+)([/-])([\d.:a-f]+)$/.exec(entry) ?? []
  if (isIP(from) === 0) {
    const domain = entry.replace(/^\*?\./, "").replace(/\.$/, "")
    return domain !== "" && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)))
  }
  const list = new BlockList()
  try {
    if (sign === "/") list.addSubnet(from, Number(to), family(from))
    else if (sign === "-") list.addRange(from, to, family(from))
    else list.addAddress(from, family(from))
  } catch {
    // an invalid range matches nothing
    return false
  }
  return isIn(list, host)
}

/** Whether a URL matches an entry of NO_PROXY: a host with an optional port. */
const matches = (entry: string, url: URL): boolean => {
  const [, bracketed, name = bracketed, port] = isIP(entry)
    ? []
    : (/^(?:\[([^\]]*)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [])
  return entry === "*" || (matchesHost(name ?? entry, hostOf(url)) && (port === undefined || port === portOf(url)))
}

/** Reads the variables. An invalid proxy fails with its name and without its value. */
export const route: Effect.Effect<Route, ConfigError.ConfigError> = Effect.gen(function* () {
  const isOff = Option.exists(yield* variable("NODE_USE_ENV_PROXY"), ({ value }) => value === "0")
  const https = isOff ? Option.none() : yield* variable("HTTPS_PROXY")
  const http = isOff ? Option.none() : yield* variable("HTTP_PROXY")
  if (Option.isNone(https) && Option.isNone(http)) return direct
  const forHttp = yield* Effect.transposeMapOption(http, parse)
  const forHttps = Option.orElse(yield* Effect.transposeMapOption(https, parse), () => forHttp)
  const { value } = Option.getOrElse(yield* variable("NO_PROXY"), () => ({ value: "" }))
  const excluded = value.toLowerCase().match(/[^\s,]+/g) ?? []
  return (url) =>
    isLoopback(hostOf(url)) || excluded.some((entry) => matches(entry, url))
      ? Option.none()
      : url.protocol === "https:"
        ? forHttps
        : forHttp
})
