import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe";
import { openAllDetails, type Visit, type VisitOptions, widthBeyondTheScreen } from "./support/chromium";
import { type Site, startSite } from "./support/site";
import { foundedNodeAndBrowser } from "./support/stage";

const stage = foundedNodeAndBrowser("hoster");

/** A node looks for what is due every few seconds, and asks a host once a second; a busy one takes its time. */
const SEEN_WITHIN_MS = 120_000;

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

it("whoever names its site without script sees what was read there, what to mend, and that it answers", async () => {
  const visitor = await stage.visit({ javaScriptEnabled: false });
  const { page } = visitor;
  await visitor.open("/fr/check");
  await page.fill("input[name=url]", site.home);
  await page.locator("main form button").first().click();
  expect(await page.locator("h1").innerText()).toBe("Ce que cet annuaire a vu");
  await page.locator("form[method=post] button").click();
  const check = `/fr/check?url=${encodeURIComponent(site.home)}`;
  const slip = "organization.country.code";
  const hoster = page.getByRole("link", { name: "Les pads de Lyon" });
  const offer = page.getByRole("link", { name: "Nos pads" });
  for (const wanted of [page.getByText(slip), hoster, offer]) await comes(visitor, check, wanted);
  expect(await page.locator("main").innerText()).toMatch(/Ligne 4\s+organization\.country\.code/);

  await offer.first().click();
  const service = new URL(page.url()).pathname;
  await comes(visitor, service, page.locator(".tides .well"));
  expect(await page.locator(".seen").innerText()).toContain("A répondu 100");
  await visitor.close();

  for (const options of [
    { colorScheme: "light", viewport: { width: 1280, height: 900 } },
    { colorScheme: "dark", viewport: { width: 320, height: 640 } },
  ] satisfies VisitOptions[]) {
    const judge = await stage.visit({ ...options, reducedMotion: "reduce", axe: true });
    for (const path of [check, service]) {
      await judge.open(path);
      await openAllDetails(judge.page);
      expect(await violations(judge.page), path).toEqual([]);
      expect(await widthBeyondTheScreen(judge.page), path).toBe(0);
    }
    await judge.assertQuiet();
    await judge.close();
  }
}, 600_000);

/** Opens a page again until something is there. */
async function comes(visitor: Visit, path: string, wanted: ReturnType<Visit["page"]["locator"]>) {
  const until = Date.now() + SEEN_WITHIN_MS;
  do {
    await visitor.page.goto(new URL(path, stage.origin()).href);
    if ((await wanted.count()) > 0) return;
    await visitor.page.waitForTimeout(500);
  } while (Date.now() < until);
  expect(
    await wanted.count(),
    `${wanted} on ${path}: ${await visitor.page.locator("main").innerText()}`,
  ).not.toBe(0);
}
