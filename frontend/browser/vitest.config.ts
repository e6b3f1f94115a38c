import { defineConfig } from "vitest/config";

/** The real binary in a real Chromium; see support/node.ts for what must be there. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    include: ["*.test.ts"],
    fileParallelism: false, // each file has a node and a browser of its own; two cores are enough for one
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
