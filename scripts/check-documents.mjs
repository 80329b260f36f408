/**
 * Checks the documents: the links and pictures of a package's documents work outside the repository, and commands that
 * fetch and run a package name one of this project, or an installed one.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join, posix } from "node:path"
import { pathToFileURL } from "node:url"
import { targetsOf } from "./links.mjs"
import { packedFiles, published } from "./published.mjs"

/** Whether a target works with only these files of the package. */
export const canBeFollowed = (target, document, files) => {
  if (/^(https?:|mailto:|data:)/i.test(target)) return true
  const [path] = target.split(/[?#]/)
  if (path === "") return true
  const file = posix.normalize(posix.join(posix.dirname(document), decodeURIComponent(path)))
  return files.some((it) => it === file || it.startsWith(`${file.replace(/\/$/, "")}/`))
}

const commands =
  /\b(?:npx|bunx|(?:pnpm|yarn) dlx|npm exec|npm x)((?: -{1,2}[\w-]+(?:=\S+)?)*) (@?[a-z][\w./-]*)(?:@[\w.^~-]+)?/g

/** The packages in commands that fetch and run, unless fetching is disabled. */
export const fetchedBy = (text) =>
  [...text.matchAll(commands)].flatMap(([, options, name]) => (options.includes("--no-install") ? [] : [name]))

/** Finds the problems of the repository in the current folder. */
export const findings = () => {
  const packed = packedFiles()
  const links = published.flatMap(({ folder, manifest: { name } }) => {
    const files = packed.get(name)
    return files
      .filter((path) => path.endsWith(".md"))
      .flatMap((document) =>
        targetsOf(readFileSync(join(folder, document), "utf8"))
          .filter((target) => !canBeFollowed(target, document, files))
          .map((target) => `${join(folder, document)}: ${target} is not in the package ${name}: use an absolute URL`)
      )
  })

  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"))
  const known = [...published.map(({ manifest }) => manifest.name), ...Object.keys(devDependencies)]
  const texts = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
    .split("\0")
    .filter((path) => /\.(md|ts|mjs|js|sh|py|json|ya?ml)$/.test(path) && path !== "package-lock.json")
  const names = texts.flatMap((path) =>
    fetchedBy(readFileSync(path, "utf8"))
      .filter((name) => !known.includes(name))
      .map(
        (name) => `${path}: ${name} is a foreign package. Name one of ${known.slice(0, published.length).join(", ")}`
      )
  )
  return [...links, ...names]
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = findings()
  for (const finding of found) console.error(finding)
  if (found.length === 0) console.log("documents: links, pictures and commands")
  process.exitCode = found.length > 0 ? 1 : 0
}
