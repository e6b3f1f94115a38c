import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { CHROMIUM, SWITCHES } from "../support/chromium";
import { nodeAndBrowser } from "../support/stage";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** What each category has to reach, of 100. */
const LEAST = 95;
/** A report holds pictures of the page. */
const MAX_REPORT_BYTES = 64 * 1024 * 1024;
const PROGRAM = join(import.meta.dirname, "../../lighthouse/node_modules/.bin/lighthouse");

const stage = nodeAndBrowser();
const table: Record<string, Record<string, number>> = {};

it.for([
  "/fr/",
  "/fr/leave/framadate?near=Lyon",
  "/fr/services?need=pads&near=Lyon",
  "/fr/map",
  "the first of these results",
])("%s", async (page) => {
  const path = page.startsWith("/") ? page : await firstResult();
  const { scores, lacking } = await judge(stage.origin() + path);
  table[path] = scores;
  expect(Math.min(...Object.values(scores)), lacking.join("\n")).toBeGreaterThanOrEqual(LEAST);
});

afterAll(() => console.table(table));

/** A service's page, found as a visitor finds it. */
async function firstResult(): Promise<string> {
  const { page, open, close } = await stage.visit();
  await open("/fr/services?need=pads&near=Lyon");
  const path = await page.locator(".result-name a").first().getAttribute("href");
  await close();
  return path ?? "";
}

interface Report {
  categories: Record<string, { score: number; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null; displayValue?: string }>;
}

/** Lighthouse's scores of a page, of 100 each, and what keeps them from it. It imagines a phone on a slow line by itself. */
async function judge(url: string) {
  const flags = [
    "--quiet",
    "--output=json",
    "--output-path=stdout",
    `--only-categories=${CATEGORIES}`,
    `--chrome-flags=--headless=new ${SWITCHES.join(" ")}`,
  ];
  const { stdout } = await promisify(execFile)(PROGRAM, [url, ...flags], {
    env: { ...process.env, CHROME_PATH: CHROMIUM },
    maxBuffer: MAX_REPORT_BYTES,
  });
  const { categories, audits } = JSON.parse(stdout) as Report;
  const scores = Object.fromEntries(
    Object.entries(categories).map(([name, { score }]) => [name, Math.round(score * 100)]),
  );
  const weighed = Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => audits[id]),
  );
  const lacking = weighed
    .filter((audit) => audit?.score != null && audit.score < 0.9)
    .map((audit) => `${audit?.title} ${audit?.displayValue ?? ""}`);
  return { scores, lacking };
}
