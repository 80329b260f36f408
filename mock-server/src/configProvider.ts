/**
 * The configuration of a program in a world: `PIXXEL_*` comes from the world alone, everything else from the provider
 * that the program had before.
 */
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as ConfigProviderPathPatch from "effect/ConfigProviderPathPatch"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashSet from "effect/HashSet"

type Path = ReadonlyArray<string>

/** The spelling of environment variables: `pixxelApiKey`, `pixxel-api-key` and `PIXXEL_API_KEY` are one setting. */
const constantCase = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z\d]+/g, "_")
    .toUpperCase()

/** The setting `PIXXEL_…` that a path leads to, wherever in the path it begins; absent: it is another setting. */
const settingOf = (path: Path): string | undefined => {
  const names = path.map(constantCase)
  const from = names.findIndex((name) => /^PIXXEL(?:_|$)/.test(name))
  return from === -1 ? undefined : names.slice(from).join("_")
}

/** A path as the provider itself looks it up. Effect does the same, in a module that it does not export. */
const applyPatch = (
  path: Path,
  patch: ConfigProviderPathPatch.PathPatch
): Either.Either<Path, ConfigError.ConfigError> => {
  switch (patch._tag) {
    case "Empty":
      return Either.right(path)
    case "AndThen":
      return Either.flatMap(applyPatch(path, patch.first), (next) => applyPatch(next, patch.second))
    case "MapName":
      return Either.right(path.map(patch.f))
    case "Nested":
      return Either.right([patch.name, ...path])
    case "Unnested":
      return path[0] === patch.name
        ? Either.right(path.slice(1))
        : Either.left(ConfigError.MissingData([...path], `Expected ${patch.name} to be in the path`))
  }
}

/** Answers `PIXXEL_*` from `settings`, which are all there are, and everything else from `others`. */
export const worldConfigProvider = (
  settings: ReadonlyMap<string, string>,
  others: ConfigProvider.ConfigProvider
): ConfigProvider.ConfigProvider => {
  const own = ConfigProvider.fromMap(new Map(settings)).flattened
  const rest = others.flattened
  // a setting is the world's when the program calls it so, and when the other provider would look it up so
  const settingAt = (path: Path, patched: Path) => settingOf(path) ?? settingOf(patched)
  const expectation =
    `to be a setting of the mock world, which has ${[...settings.keys()].join(" and ")}; ` +
    "PIXXEL_* of the environment is not read in a world"
  const childrenOf = (setting: string) =>
    [...settings.keys()].flatMap((name) => (name.startsWith(`${setting}_`) ? [name.slice(setting.length + 1)] : []))

  return ConfigProvider.fromFlat(
    ConfigProvider.makeFlat({
      load: (path, primitive, split) =>
        Effect.flatMap(applyPatch(path, rest.patch), (patched) => {
          const setting = settingAt(path, patched)
          if (setting === undefined) return rest.load(patched, primitive, split)
          if (settings.has(setting)) return own.load([setting], primitive, split)
          return Effect.fail(ConfigError.MissingData([...path], `Expected ${setting} ${expectation}`))
        }),
      enumerateChildren: (path) =>
        Effect.flatMap(applyPatch(path, rest.patch), (patched) => {
          const setting = settingAt(path, patched)
          if (setting !== undefined) return Effect.succeed(HashSet.fromIterable(childrenOf(setting)))
          return Effect.map(rest.enumerateChildren(patched), (children) =>
            HashSet.union(
              HashSet.filter(children, (child) => settingAt([...path, child], [...patched, child]) === undefined),
              path.length === 0 ? settings.keys() : []
            )
          )
        }),
      patch: ConfigProviderPathPatch.empty
    })
  )
}
