/** The settings of a command and their sources: a flag, else an environment variable, else a default. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The settings on the command line. */
export interface Flags {
  readonly baseUrl: string | undefined
  readonly authScheme: string | undefined
}

export interface Setting {
  readonly name: "apiKey" | "authScheme" | "baseUrl"
  /** None without a value and a default. The token is masked. */
  readonly value: Option.Option<string>
  readonly source: "flag" | "environment" | "default" | "missing"
  /** The name of the flag or the variable. */
  readonly from: string
}

/** Overrides variables. */
const overriding = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  values: Readonly<Record<string, string | undefined>>
): Effect.Effect<A, E, R> => {
  const given = Object.entries(values)
  const set = ConfigProvider.fromMap(new Map(given.flatMap(([name, it]) => (it === undefined ? [] : [[name, it]]))))
  return Effect.configProviderWith((provider) =>
    Effect.withConfigProvider(
      self,
      ConfigProvider.orElse(set, () => provider)
    )
  )
}

/** Overrides the variables by the flags. */
export const withFlags = <A, E, R>(self: Effect.Effect<A, E, R>, flags: Flags): Effect.Effect<A, E, R> =>
  overriding(self, { PIXXEL_BASE_URL: flags.baseUrl, PIXXEL_AUTH_SCHEME: flags.authScheme })

/** Runs a command that sends no token, so that it needs none. */
export const withoutToken = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  overriding(self, { PIXXEL_API_KEY: "none" })

/** A token in a distinguishable form: the last four characters of a long token, none of a short one. */
export const masked = (token: string): string => `****${token.length >= 20 ? token.slice(-4) : ""}`

/** A URL without its secret parts. Tolerates an invalid URL. */
const shownUrl = (text: string): string => {
  if (!URL.canParse(text)) return "(no URL)"
  const { host, pathname, protocol } = new URL(text)
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`
}

const shownScheme = (text: string) =>
  /^(bearer|raw)$/i.test(text.trim()) ? text.trim().toLowerCase() : "(neither bearer nor raw)"

/** Reads a variable. */
export const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Config.string(name).pipe(
    Effect.option,
    // an empty variable counts as not set, as for the client
    Effect.map(Option.filter((text) => text.trim() !== ""))
  )

const setting = (
  name: Setting["name"],
  from: string,
  shown: (text: string) => string,
  fallback?: string,
  flag = "",
  given?: string
) =>
  Effect.map(variable(from), (found): Setting => {
    if (given !== undefined) return { name, value: Option.some(shown(given)), source: "flag", from: flag }
    if (Option.isSome(found)) return { name, value: Option.map(found, shown), source: "environment", from }
    return fallback === undefined
      ? { name, value: Option.none(), source: "missing", from }
      : { name, value: Option.some(fallback), source: "default", from: "" }
  })

/** Reads all settings. None of the returned values is a secret. */
export const all = (flags: Flags): Effect.Effect<ReadonlyArray<Setting>> =>
  Effect.all([
    setting("apiKey", "PIXXEL_API_KEY", masked),
    setting("authScheme", "PIXXEL_AUTH_SCHEME", shownScheme, "bearer", "--auth-scheme", flags.authScheme),
    setting("baseUrl", "PIXXEL_BASE_URL", shownUrl, "https://api.pixxel.space", "--base-url", flags.baseUrl)
  ])
