/**
 * The completion scripts that @effect/cli makes, with two things set right: its script for bash does not find the
 * commands of a group (it looks for `pixxel,jobs,wait` when it is at `pixxel__jobs,wait`), and all offer a wizard that
 * is none here.
 */
export const mended = (script: string): string =>
  script
    .split("\n")
    .filter((line) => !/^\s*'--wizard\[|-l wizard\b/.test(line))
    .map((line) =>
      line
        .replace(/ --wizard\b/g, "")
        .replace(
          /^(\s+)(pixxel(?:,[\w-]+)+),([\w-]+\))$/,
          (_, indent, path, last) => `${indent}${path.replaceAll(",", "__")},${last}`
        )
    )
    .join("\n")
