import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { describe, expect, it } from "vitest";
import fr from "../locales/fr.json";
import { widgetBuild } from "./widget";

const SOURCES = join(import.meta.dirname, "../widget/src");

describe("the widget as it is served", async () => {
  const config = widgetBuild("iife");
  const built = [
    await build({ ...config, configFile: false, build: { ...config.build, write: false } }),
  ].flat()[0];
  const files = built && "output" in built ? built.output : [];
  const code = files[0].code;

  it("is one file and leaves no name behind", () => {
    expect(files.length).toBe(1);
    expect(code.startsWith("(function(){")).toBe(true);
  });

  it("holds the sentences that it says, and no others", () => {
    const sources = readdirSync(SOURCES).map((name) => readFileSync(join(SOURCES, name), "utf8"));
    const keys = Object.keys(fr);
    const said = keys.filter((key) => sources.some((source) => source.includes(`"${key}"`)));
    expect(said.length).toBeGreaterThan(20);
    expect(keys.filter((key) => code.includes(`"${key}":`) || code.includes(`\`${key}\`:`))).toEqual(said);
  });

  it.each(["innerHTML", "console.", "cookie", "localStorage", "sessionStorage", "eval("])(
    "never names %s",
    (name) => {
      expect(code).not.toContain(name);
    },
  );
});
