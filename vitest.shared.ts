import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { size } from "./vitest.size.js"

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The shared test configuration: resolves sibling packages to their sources instead of their builds. */
export const project = (name: string) =>
  defineConfig({
    resolve: {
      alias: [
        { find: /^@effect-pixxel\/client$/, replacement: at("./packages/client/src/index.ts") },
        { find: /^@effect-pixxel\/client\/(.*)$/, replacement: `${at("./packages/client/src/")}$1.ts` },
        { find: /^@effect-pixxel\/client-node$/, replacement: at("./packages/client-node/src/index.ts") },
        { find: /^@effect-pixxel\/client-node\/(.*)$/, replacement: `${at("./packages/client-node/src/")}$1.ts` },
        { find: /^@effect-pixxel\/mock-server$/, replacement: at("./mock-server/src/index.ts") },
        {
          find: /^@effect-pixxel\/mock-server\/(FaultArbitrary|MockServer|Tracking|server)$/,
          replacement: `${at("./mock-server/src/")}$1.ts`
        }
      ]
    },
    test: {
      name,
      include: ["test/**/*.test.ts"],
      globalSetup: at("./vitest.programs.ts"),
      setupFiles: [at("./vitest.setup.ts")],
      poolOptions: { forks: { isolate: false } },
      // a limit for hanging tests; generous, since the clock tests need most of the processor
      testTimeout: size(60_000, 180_000),
      hookTimeout: 60_000
    }
  })
