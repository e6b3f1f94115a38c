import { defineConfig } from "vitest/config";

/** The real binary in a real Chromium; see support/node.ts for what must be there. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    include: ["*.test.ts"],
    fileParallelism: false, // each file has a node and a browser of its own; two cores are enough for one
    // Far more than a slow machine takes: nothing waits for them where all is well.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } }, // else it is a second
  },
});
