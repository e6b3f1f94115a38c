import { defineConfig } from "vitest/config";

/** One script and one style sheet with stable names: the node embeds them and gives each its ETag. */
export default defineConfig({
  publicDir: "src/public", // copied as it is: favicon.svg
  build: {
    target: "es2020",
    lib: {
      entry: "src/site.ts",
      formats: ["iife"], // nothing global, and a plain `<script defer>` will do
      name: "site",
      fileName: () => "site.js",
      cssFileName: "site",
    },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost/fr/" } },
    include: ["src/**/*.test.ts"],
  },
});
