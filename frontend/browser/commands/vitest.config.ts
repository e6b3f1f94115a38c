import { defineConfig } from "vitest/config";

/** What is looked at or printed by a command, and is no test. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    include: ["*.ts"],
    exclude: ["vitest.config.ts"],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
