/**
 * The settings of a command, and where each of them comes from: a flag, else an environment variable, else a default.
 */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** What was said on the command line. */
export interface Flags {
  readonly baseUrl: string | undefined
  readonly authScheme: string | undefined
}

export interface Setting {
  readonly name: "apiKey" | "authScheme" | "baseUrl"
  /** None when it is not set and has no default. The token is masked. */
  readonly value: Option.Option<string>
  readonly source: "flag" | "environment" | "default" | "missing"
  /** The flag or the variable. */
  readonly from: string
}

/** The variables that the client reads, by the flags that win over them. */
const variables = { baseUrl: "PIXXEL_BASE_URL", authScheme: "PIXXEL_AUTH_SCHEME" } as const

/** Runs with what the flags say in the place of the variables. */
export const withFlags = <A, E, R>(self: Effect.Effect<A, E, R>, flags: Flags): Effect.Effect<A, E, R> => {
  const given = new Map(
    Object.entries(variables).flatMap(([flag, variable]) => {
      const value = flags[flag as keyof typeof variables]
      return value === undefined ? [] : [[variable, value] as const]
    })
  )
  return Effect.configProviderWith((provider) =>
    Effect.withConfigProvider(
      self,
      ConfigProvider.orElse(ConfigProvider.fromMap(given), () => provider)
    )
  )
}

/** Enough of a token to tell one from another: the last four characters of a long one, nothing of a short one. */
export const masked = (token: string): string => `****${token.length >= 20 ? token.slice(-4) : ""}`

/** A URL without what may be secret in it; it may have been typed wrong. */
const shownUrl = (text: string): string => {
  if (!URL.canParse(text)) return "(no URL)"
  const { host, pathname, protocol } = new URL(text)
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`
}

const shownScheme = (text: string) =>
  /^(bearer|raw)$/i.test(text.trim()) ? text.trim().toLowerCase() : "(neither bearer nor raw)"

const variable = (name: string) =>
  Config.string(name).pipe(
    Effect.option,
    // an empty variable is one that is not set, as for the client
    Effect.map(Option.filter((text) => text.trim() !== ""))
  )

const setting = (
  name: "authScheme" | "baseUrl",
  flag: string,
  given: string | undefined,
  shown: (text: string) => string,
  fallback: string
): Effect.Effect<Setting> =>
  given !== undefined
    ? Effect.succeed({ name, value: Option.some(shown(given)), source: "flag", from: flag })
    : Effect.map(
        variable(variables[name]),
        Option.match({
          onNone: (): Setting => ({ name, value: Option.some(fallback), source: "default", from: "" }),
          onSome: (text): Setting => ({
            name,
            value: Option.some(shown(text)),
            source: "environment",
            from: variables[name]
          })
        })
      )

/** All settings. None of their values is a secret. */
export const all = (flags: Flags): Effect.Effect<ReadonlyArray<Setting>> =>
  Effect.all([
    Effect.map(
      variable("PIXXEL_API_KEY"),
      (token): Setting => ({
        name: "apiKey",
        value: Option.map(token, masked),
        source: Option.isSome(token) ? "environment" : "missing",
        from: "PIXXEL_API_KEY"
      })
    ),
    setting("authScheme", "--auth-scheme", flags.authScheme, shownScheme, "bearer"),
    setting("baseUrl", "--base-url", flags.baseUrl, shownUrl, "https://api.pixxel.space")
  ])
