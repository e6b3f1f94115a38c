import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const SOURCES = join(import.meta.dirname, "../widget/src");

/** Of the site's sentences, those that the widget's sources name: it is not to carry them all. */
export function words(): Plugin {
  return {
    name: "words",
    enforce: "pre",
    load(id) {
      if (!/\/locales\/\w+\.json$/.test(id)) return null;
      const all: Record<string, string> = JSON.parse(readFileSync(id, "utf8"));
      const named = Object.entries(all).filter(([key]) => sources().includes(`"${key}"`));
      return JSON.stringify(Object.fromEntries(named));
    },
  };
}

function sources(): string {
  const files = readdirSync(SOURCES).filter((name) => !name.endsWith(".test.ts") && name !== "testing.ts");
  return files.map((name) => readFileSync(join(SOURCES, name), "utf8")).join("\n");
}
