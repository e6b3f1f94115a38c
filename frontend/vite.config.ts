import { defineConfig } from "vitest/config";
import { land } from "./build/land";
import { widget } from "./build/widget";

/** Each is `src/NAME.ts` and becomes `NAME.js`: the scripts that pages load. They share no module. */
const SCRIPTS = ["site", "map", "manage"];

/** Style sheets beside that of the site: its colours, for pages that are told which to have. */
const STYLES = ["day", "night"];

/** Scripts and one style sheet with stable names: the node embeds them and gives each its ETag. */
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
    widget(),
  ],
  build: {
    target: "es2020",
    modulePreload: false,
    rolldownOptions: {
      input: Object.fromEntries([
        ...SCRIPTS.map((name) => [name, `src/${name}.ts`]),
        ...STYLES.map((name) => [name, `src/${name}.css`]),
      ]),
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost/fr/" } },
    include: ["src/**/*.test.ts", "build/**/*.test.ts", "widget/src/**/*.test.ts"],
    testTimeout: 60_000, // a busy machine draws the earth's land for longer than the default of 5 s
  },
});
