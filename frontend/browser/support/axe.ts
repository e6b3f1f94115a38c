import { createRequire } from "node:module";
import type axe from "axe-core";
import type { BrowserContext, Page } from "playwright-core";

const WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** As an init script, since the strict policy of our pages refuses a script added later. */
export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: createRequire(import.meta.url).resolve("axe-core") });
}

/** What axe finds wrong on the page as it is now: one line per rule and element. */
export async function violations(page: Page): Promise<string[]> {
  const results: axe.AxeResults = await page.evaluate(
    (values) =>
      (window as unknown as { axe: typeof axe }).axe.run({
        runOnly: { type: "tag", values },
        resultTypes: ["violations"],
      }),
    WCAG,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
