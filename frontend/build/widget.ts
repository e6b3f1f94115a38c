import { join } from "node:path";
import { build, type InlineConfig, type Plugin } from "vite";
import { words } from "./words";

const SOURCES = join(import.meta.dirname, "../widget/src");

/** Browsers from mid-2024 on know `light-dark()`; what is written for others is written by hand. */
const STYLED = ["chrome123", "firefox120", "safari17.5"];

/** How the widget is built: a script for `<script src>`, or a module for whoever bundles it. */
export function widgetBuild(format: "iife" | "es"): InlineConfig {
  const [entry, name] = format === "iife" ? ["script.ts", "widget.js"] : ["index.ts", "index.js"];
  return {
    root: join(SOURCES, ".."),
    publicDir: false,
    logLevel: "warn",
    plugins: [words()],
    build: {
      target: "es2022",
      cssTarget: STYLED,
      minify: true,
      emptyOutDir: false,
      // The name is asked for and not used: the script exports nothing.
      lib: { name: "widget", entry: join(SOURCES, entry), formats: [format], fileName: () => name },
    },
  };
}

/** The widget as one file among those of the site. */
export function widget(): Plugin {
  return {
    name: "widget",
    apply: "build",
    async generateBundle() {
      const config = widgetBuild("iife");
      const built = await build({ ...config, configFile: false, build: { ...config.build, write: false } });
      const [output] = [built].flat();
      if (!output || !("output" in output)) throw new Error("the widget was not built");
      this.emitFile({ type: "asset", fileName: "widget.js", source: output.output[0].code });
    },
  };
}
