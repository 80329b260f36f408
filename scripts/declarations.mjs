/** The modules that a package's public declarations import. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { dirname, join, resolve } from "node:path"
import ts from "typescript"

const targetsOf = (entry) =>
  typeof entry === "string" ? [entry] : Object.values(entry ?? {}).flatMap((inner) => targetsOf(inner))

/** The public declarations of a package. A target may name all files of a folder. */
const entriesOf = (folder, { exports }) =>
  targetsOf(exports)
    .filter((target) => target.endsWith(".d.ts"))
    .flatMap((target) => {
      const path = resolve(folder, target)
      if (!path.includes("*")) return [path]
      const files = readdirSync(dirname(path)).filter((name) => name.endsWith(".d.ts"))
      return files.map((name) => join(dirname(path), name))
    })

const importsOf = (path) => {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(readFileSync(path, "utf8"))
  return [...importedFiles, ...typeReferenceDirectives].map(({ fileName }) => fileName)
}

const packageOf = (name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/")

/** Whether a consumer of the package has the declarations of a module. Those of Node are the consumer's own. */
const comesAlong = ({ dependencies, name, peerDependencies }, module) => {
  const own = packageOf(module)
  const names = [name, ...Object.keys({ ...dependencies, ...peerDependencies })]
  return isBuiltin(module) || names.includes(own) || names.includes(`@types/${own}`)
}

/** Returns the modules that the public declarations import and that do not come along, each with a file that does. */
export const missingDeclarations = (folder, manifest) => {
  const missing = []
  const reached = new Set(entriesOf(folder, manifest))
  for (const path of reached) {
    for (const module of importsOf(path)) {
      if (!module.startsWith(".")) {
        if (!comesAlong(manifest, module)) missing.push(`${path} imports "${module}", which no dependency brings`)
        continue
      }
      const file = resolve(dirname(path), module.replace(/\.js$/, ".d.ts"))
      if (existsSync(file)) reached.add(file)
      else missing.push(`${path} imports ${file}, which does not exist`)
    }
  }
  return missing
}
