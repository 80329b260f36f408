/** Runs the shell scripts of the documents against a mock server, started by their own command. */
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { promisify } from "node:util"
import { assert } from "vitest"
import { bundled } from "../../../vitest.program.js"

export const hasCurl = spawnSync("curl", ["--version"]).status === 0

/** The mock server for the tests of a file. */
export const mockServer = () => {
  const bin = bundled(new URL("../../../mock-server/src/bin.ts", import.meta.url))

  return {
    /** Runs a command of the mock server and returns its output. */
    runMock: (folder: string, ...args: ReadonlyArray<string>): string =>
      execFileSync(process.execPath, [bin, ...args], { cwd: folder, encoding: "utf8" }),

    /** Runs a script and returns its output. The server listens on a free port, which replaces 4010 in the script. */
    runAgainst: async (folder: string, server: string, script: string): Promise<string> => {
      const [, variable = "", value = "", name, args = ""] = /^(\w+)=(\S+) npx (\S+) (.*?)(?: &)?$/m.exec(server) ?? []
      assert.strictEqual(name, "@effect-pixxel/mock-server")
      const port = "--port 4010"
      assert.include(args, port)
      const child = spawn(process.execPath, [bin, ...args.replace(port, "--port 0").split(" ")], {
        cwd: folder,
        env: { ...process.env, [variable]: value },
        stdio: ["ignore", "pipe", "ignore"]
      })
      try {
        const [line] = await Promise.race([once(child.stdout, "data"), once(child, "close")])
        const url = /^listening on (\S+)/.exec(String(line))?.[1] ?? `nothing: ${line}`
        assert.include(script, "http://127.0.0.1:4010")
        const command = script.replaceAll("http://127.0.0.1:4010", url)
        const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd: folder })
        return stdout
      } finally {
        child.kill("SIGKILL")
      }
    }
  }
}
