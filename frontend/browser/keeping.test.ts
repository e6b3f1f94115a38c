import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

describe("what a visitor has said", () => {
  it("stays when the language changes: place, need and filters", async () => {
    const { page, ...visitor } = await stage.visit();
    await visitor.open("/fr/services?need=pads&near=Nantes&registration=none");
    const french = await page.locator(".result-name").allInnerTexts();
    await Promise.all([page.waitForURL("**/en/services?**"), page.locator(".langs a").click()]);

    expect(new URL(page.url()).search).toBe("?need=pads&near=Nantes&registration=none");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.inputValue("input[name=near]")).toBe("Nantes");
    expect(await page.locator("input[name=registration][value=none]").isChecked()).toBe(true);
    expect(await page.locator(".result-name").allInnerTexts()).toEqual(french);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("narrows the results without script, and can be taken back", async () => {
    const { page, ...visitor } = await stage.visit({ javaScriptEnabled: false });
    await visitor.open("/fr/services?need=pads");
    const all = await resultCount(page);
    const facet = page.locator("details.facet").filter({ has: page.locator("[name=registration]") });
    await facet.locator("summary").click();
    await facet.locator("[value=free]").check();
    await Promise.all([page.waitForURL(/registration=free/), facet.getByRole("button").click()]);

    const free = await resultCount(page);
    expect(free).toBeGreaterThan(0);
    expect(free).toBeLessThan(all);
    expect(await page.inputValue("input[name=q]"), "the need is kept").toBe("Textes à plusieurs");
    const chip = page.locator(".chip").filter({ hasText: "compte libre" });
    await Promise.all([page.waitForURL((url) => !url.search.includes("registration")), chip.click()]);
    expect(await resultCount(page)).toBe(all);
    await visitor.close();
  });

  it("is still there after a slip, with what was perhaps meant", async () => {
    const { page, ...visitor } = await stage.visit({ javaScriptEnabled: false });
    await visitor.open("/fr/");
    await page.fill("input[name=what]", "un pad");
    await page.fill("input[name=near]", "Lyonn");
    await Promise.all([
      page.waitForURL((url) => url.pathname !== "/fr/"),
      page.press("input[name=near]", "Enter"),
    ]);

    expect(await page.inputValue("input[name=what]")).toBe("un pad");
    const near = page.locator("input[name=near]");
    expect(await near.inputValue()).toBe("Lyonn");
    expect(await near.getAttribute("aria-invalid")).toBe("true");
    const error = page.locator(`[id="${await near.getAttribute("aria-describedby")}"]`);
    expect(await error.innerText()).toContain("Nous ne trouvons pas ce lieu.");

    await page.getByRole("link", { name: /^Lyon, Rhône/ }).click();
    await page.locator(".result").first().waitFor();
    expect(await page.inputValue("input[name=q]")).toBe("un pad");
    await visitor.close();
  });
});

describe("a need that nobody serves yet", () => {
  it("has a way on: a feed to follow, and software to host", async () => {
    const { page, ...visitor } = await stage.visit();
    await visitor.open("/fr/leave/framatrad?near=Nantes");
    expect(await page.locator(".result").count()).toBe(0);
    expect(await page.locator("h2").first().innerText()).toContain("Nantes");
    expect(await page.getByRole("link", { name: "Weblate" }).getAttribute("href")).toMatch(/^https:/);

    const feed = page.locator("a[href*='services.atom']");
    expect(await feed.getAttribute("href")).toBe("/fr/services.atom?need=translation&near=Nantes");
    const response = await page.request.get(`${stage.origin()}${await feed.getAttribute("href")}`);
    expect(response.headers()["content-type"]).toContain("application/atom+xml");
    await visitor.assertQuiet();
    await visitor.close();
  });
});

/** How many services there are, as the page says it. */
async function resultCount(page: Page): Promise<number> {
  return Number.parseInt(await page.locator(".bar-top h2").first().innerText(), 10);
}
