/**
 * Corrects two faults of @effect/cli's completion scripts: the bash script does not find the commands of a group (it
 * looks for `pixxel,jobs,wait` at `pixxel__jobs,wait`), and all scripts offer the unsupported wizard.
 */
export const corrected = (script: string): string =>
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
