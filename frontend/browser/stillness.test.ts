import { describe, expect, it } from "vitest";
import type { Visit } from "./support/chromium";
import { everyKindOfPage } from "./support/places";
import { foundedNodeAndBrowser } from "./support/stage";

const stage = foundedNodeAndBrowser("collective");

/** Some thirty pages one after another, on a slow machine. */
const ALL_PAGES_MS = 900_000;

describe("while it loads", () => {
  it.each([320, 1280])(
    "nothing moves on any kind of page, %s px",
    { timeout: ALL_PAGES_MS },
    async (width) => {
      const visitor = await stage.visit({ viewport: { width, height: 800 }, permissions: ["geolocation"] });
      const places = await everyKindOfPage(visitor, "fr");
      await bringOneAfterTheOther(visitor);
      const moved: Record<string, string[]> = {};
      for (const { name, show } of places) {
        await visitor.page.goto("about:blank");
        await show(visitor);
        const shifts = await shiftsSoFar(visitor);
        if (shifts.length > 0) moved[name] = shifts;
      }
      expect(moved).toEqual({});
      await visitor.assertQuiet();
      await visitor.close();
    },
  );
});

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** Pages are seen once they are whole, and their script comes after that, as on a slow line. */
async function bringOneAfterTheOther({ page }: Visit): Promise<void> {
  await page.route("**/assets/site.css", async (route) => {
    // Before the style is there nothing is drawn, and no frame to wait for.
    await page.waitForFunction(() => document.readyState !== "loading", null, { polling: 20 });
    await route.continue();
  });
  await page.route("**/assets/site.js", async (route) => {
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    await route.continue();
  });
}

/** What moved without anybody's doing, two frames after everything has loaded: each shift with what it moved. */
function shiftsSoFar({ page }: Visit): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const told: string[] = [];
        const tell = (entries: PerformanceEntryList) => {
          for (const { value, hadRecentInput, sources } of entries as Shift[]) {
            const moved = sources.map(({ node }) =>
              node instanceof Element ? node.outerHTML.slice(0, 80) : node?.nodeName,
            );
            if (!hadRecentInput) told.push(`${value}: ${moved.join(", ")}`);
          }
        };
        const observer = new PerformanceObserver((list) => tell(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            tell(observer.takeRecords());
            resolve(told);
          }),
        );
      }),
  );
}
