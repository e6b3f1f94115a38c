import { defineConfig } from "vitest/config";
import { land } from "./build/land";

/** Scripts and a style sheet with stable names: the node embeds them and gives each its ETag. */
export default defineConfig({
  publicDir: "src/public", // copied as it is: favicon.svg
  plugins: [
    {
      name: "land",
      apply: "build",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "land.svg", source: land() });
      },
    },
  ],
  build: {
    target: "es2020",
    modulePreload: { polyfill: false },
    rollupOptions: {
      // Each is loaded where it is needed and shares nothing with the others.
      input: { site: "src/site.ts", map: "src/map.ts" },
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost/fr/" } },
    include: ["src/**/*.test.ts", "build/**/*.test.ts"],
  },
});
