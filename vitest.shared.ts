import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What every package's tests have in common: the sources of the siblings instead of their builds. */
export const project = (name: string) =>
  defineConfig({
    resolve: {
      alias: [
        { find: /^@effect-pixxel\/client$/, replacement: at("./packages/client/src/index.ts") },
        { find: /^@effect-pixxel\/client\/(.*)$/, replacement: `${at("./packages/client/src/")}$1.ts` },
        { find: /^@effect-pixxel\/client-node$/, replacement: at("./packages/client-node/src/index.ts") },
        { find: /^@effect-pixxel\/client-node\/(.*)$/, replacement: `${at("./packages/client-node/src/")}$1.ts` },
        { find: /^@effect-pixxel\/mock-server$/, replacement: at("./mock-server/src/index.ts") },
        { find: /^@effect-pixxel\/mock-server\/(.*)$/, replacement: `${at("./mock-server/src/")}$1.ts` }
      ]
    },
    // a bound for what hangs; the tests of the clock make their own machine slow
    test: { name, include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 }
  })
