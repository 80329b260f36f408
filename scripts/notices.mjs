/** Writes the notices of the packages in a bundle, as their licenses require. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"

/** The folder of a bundled file's package; undefined for files of this project. */
const packageOf = (input) => {
  const path = resolve(input)
  const [, folder] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path) ?? []
  return folder
}

const licenseOf = (folder, name) => {
  const file = readdirSync(folder).find((it) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(it))
  if (file !== undefined) return readFileSync(join(folder, file), "utf8").trim()
  // some packages have it only in their readme
  const readme = readdirSync(folder).find((it) => /^readme/i.test(it))
  const [, section] =
    readme === undefined
      ? []
      : (/^#+\s*licen[cs]e\s*\n([\s\S]*)/im.exec(readFileSync(join(folder, readme), "utf8")) ?? [])
  if (section === undefined)
    throw new Error(`The package ${name} has neither a license file nor a license in its readme`)
  return section.trim()
}

/** Writes the notices for results of esbuild with a metafile. */
export const writeNotices = (path, results) => {
  const folders = new Set(
    results.flatMap(({ metafile }) => Object.keys(metafile.inputs).flatMap((input) => packageOf(input) ?? []))
  )
  const notices = [...folders]
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => {
      const { author, license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
      const by = typeof author === "string" ? author : author?.name
      return { title: `${name} ${version} (${license})`, by, text: licenseOf(folder, name) }
    })
    .sort((a, b) => (a.title < b.title ? -1 : 1))
  const sections = notices.map(({ by, text, title }) => [title, ...(by ? [by] : []), "", text].join("\n"))
  const head = "This package contains code of the following packages, under their licenses."
  writeFileSync(path, `${[head, ...sections].join(`\n\n${"-".repeat(80)}\n\n`)}\n`)
}
