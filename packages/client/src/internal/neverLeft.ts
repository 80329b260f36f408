/**
 * Proves that a request never left because its connection never existed. Codes alone prove little, since the same codes
 * occur on an established connection; the system call, or the step before the request, distinguishes them.
 */

/** The system calls before a connection: name resolution (also by c-ares), and creation of the socket. */
const before = /^(?:connect|getaddrinfo|bind|socket|query[A-Z]\w*)$/

/** Codes of connection attempts only. They prove it for an error without a system call. */
const onlyConnecting =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|UND_ERR_SOCKS5_\w+|ERR_PROXY_TUNNEL)$/

/** Node's codes for a rejected certificate, before it hands out the connection. */
const certificate =
  /^(?:C(?:ERT|RL)_\w+|UNABLE_TO_(?:DECODE|DECRYPT|GET|VERIFY)_\w+|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|ERROR_IN_C(?:ERT|RL)_\w+|ERR_TLS_CERT_ALTNAME_\w+|CA_KEY_TOO_SMALL|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/

/** The Fetch standard blocks some ports. The error has no code. */
const badPort = "bad port"

/** Node, when the socket closes during the TLS handshake; its code is the ECONNRESET of a broken connection. */
const noHandshake = /^Client network socket disconnected before secure TLS connection was established$/

/** A refused CONNECT: undici's ProxyAgent, and the agents for node:http (tunnel, https-proxy-agent). */
const noTunnel =
  /^(?:Proxy response \(\d+\) !== 200 when HTTP Tunneling$|tunneling socket could not be established, |Proxy connection ended before receiving CONNECT response$)/

const textOf = (error: object, key: "code" | "syscall"): string | undefined => {
  const value: unknown = Reflect.get(error, key)
  return typeof value === "string" ? value : undefined
}

/** The errors of several addresses that were tried in turn. */
export const branchesOf = (error: Error): ReadonlyArray<unknown> =>
  "errors" in error && Array.isArray(error.errors) ? error.errors : []

const isProof = (error: Error): boolean => {
  const code = textOf(error, "code")
  if (code !== undefined && certificate.test(code)) return true
  if (error.message === badPort || noHandshake.test(error.message) || noTunnel.test(error.message)) return true
  const syscall = textOf(error, "syscall")
  return syscall === undefined ? code !== undefined && onlyConnecting.test(code) : before.test(syscall)
}

/** Whether the chain of causes proves that the request never left. In an aggregate, every branch must prove it. */
export const neverLeft = (cause: unknown): boolean => {
  const known = new Map<unknown, boolean>()
  const proves = (error: unknown): boolean => {
    if (!(error instanceof Error)) return false
    const seen = known.get(error)
    if (seen !== undefined) return seen
    known.set(error, false)
    const branches = branchesOf(error)
    const proof = branches.length > 0 ? branches.every(proves) : isProof(error) || proves(error.cause)
    known.set(error, proof)
    return proof
  }
  return proves(cause)
}

/** Whether the next connection would fail in the same way: a rejected certificate or a blocked port. */
export const isLasting = (code: string | undefined, message: string): boolean =>
  code === undefined ? message === badPort : certificate.test(code)
