import { defineConfig } from "vitest/config";

/** Each is `src/NAME.ts` and becomes `NAME.js`: the scripts that pages load. They share no module. */
const SCRIPTS = ["site", "manage"];

/** Scripts and one style sheet with stable names: the node embeds them and gives each its ETag. */
export default defineConfig({
  publicDir: "src/public", // copied as it is: favicon.svg
  build: {
    target: "es2020",
    modulePreload: false,
    rolldownOptions: {
      input: Object.fromEntries(SCRIPTS.map((name) => [name, `src/${name}.ts`])),
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost/fr/" } },
    include: ["src/**/*.test.ts"],
  },
});
