import { createRequire } from "node:module";
import type axe from "axe-core";
import type { BrowserContext, Page } from "playwright-core";

/** WCAG 2.2 up to AA, and what axe's authors advise beyond it. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Of these, those that look at colours. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** As an init script, since the strict policy of our pages refuses a script added later. */
export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: createRequire(import.meta.url).resolve("axe-core") });
}

/** What axe finds wrong on the page as it is now: one line per rule and element. */
export function violations(page: Page): Promise<string[]> {
  return run(page, { type: "tag", values: TAGS });
}

/** What it finds wrong with the colours, for a page that was judged in other colours already. */
export function violationsOfColour(page: Page): Promise<string[]> {
  return run(page, { type: "rule", values: COLOURS });
}

async function run(page: Page, runOnly: axe.RunOnly): Promise<string[]> {
  const results: axe.AxeResults = await page.evaluate(
    (rules) =>
      (window as unknown as { axe: typeof axe }).axe.run({
        runOnly: rules,
        resultTypes: ["violations"],
        preload: false, // for films and for style sheets of others, of which there are none
      }),
    runOnly,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
