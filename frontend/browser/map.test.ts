import { describe, expect, it } from "vitest";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

describe("the map, without script,", () => {
  it("shows an island's row when it is chosen, and the row's island", async () => {
    const visitor = await stage.visit({ javaScriptEnabled: false });
    const { page } = visitor;
    await visitor.open("/fr/map?need=pads&near=Lyon");
    await page.locator("a.port").first().click();
    const row = new URL(page.url()).hash.slice(1);
    expect(row).toMatch(/^h-/);
    expect(await page.locator(`#${row}:target`).count()).toBe(1);
    await page.locator(`#${row} .on-map`).click();
    expect(await page.locator(`#m-${row.slice(2)}:target`).count()).toBe(1);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("comes nearer by its links and by its numbers", async () => {
    const visitor = await stage.visit({ javaScriptEnabled: false });
    const { page } = visitor;
    await visitor.open("/fr/map");
    const zoom = () => Number(new URL(page.url()).searchParams.get("zoom"));
    await Promise.all([page.waitForURL(/zoom=/), page.locator("[data-way=in]").click()]);
    const closer = zoom();
    const number = page.locator("a.many").first();
    await Promise.all([page.waitForURL((url) => !url.search.includes(`zoom=${closer}`)), number.click()]);
    expect(zoom()).toBeGreaterThan(closer);
    await visitor.close();
  });
});

describe("the map, with script,", () => {
  it("moves without loading a page, and what is seen is in the address", async () => {
    const visitor = await stage.visit({ reducedMotion: "reduce" });
    const { page } = visitor;
    await visitor.open("/fr/map");
    await page.locator(".map.is-live").waitFor();
    let loads = 0;
    page.on("load", () => loads++);
    const earth = page.locator(".earth");
    const before = await earth.getAttribute("transform");
    await page.locator("[data-way=in]").click();
    expect(await earth.getAttribute("transform")).not.toBe(before);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("+");
    expect(new URL(page.url()).searchParams.get("at")).toMatch(/^-?\d+\.\d+,-?\d+\.\d+$/);
    expect(await page.locator("[data-said]").textContent()).toMatch(/\d+ hébergeur/);
    await page.keyboard.press("0");
    expect(rounded(await earth.getAttribute("transform"))).toEqual(rounded(before));
    expect(loads).toBe(0);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("choosing a row chooses its island, out of any number, and gives it the focus", async () => {
    const visitor = await stage.visit({ reducedMotion: "reduce" });
    const { page } = visitor;
    await visitor.open("/fr/map");
    await page.locator(".map.is-live").waitFor();
    const row = page.locator(".port-row[data-lat]").last();
    const id = (await row.getAttribute("id"))?.slice(2) ?? "";
    await row.locator(".on-map").click();
    await page.locator(`#m-${id}.is-chosen`).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`m-${id}`);
    expect(await page.locator(`#h-${id}.is-chosen`).count()).toBe(1);
    await visitor.close();
  });

  it("choosing an island chooses its row", async () => {
    const visitor = await stage.visit({ reducedMotion: "reduce" });
    const { page } = visitor;
    await visitor.open("/fr/map?need=pads&near=Lyon");
    await page.locator(".map.is-live").waitFor();
    const island = page.locator("a.port").first();
    await island.focus();
    await page.keyboard.press("Enter");
    const chosen = page.locator(".port-row.is-chosen");
    await chosen.waitFor();
    expect(`#${await chosen.getAttribute("id")}`).toBe(await island.getAttribute("href"));
    await visitor.close();
  });

  it("lets the wheel scroll the page, and zooms with Ctrl", async () => {
    const visitor = await stage.visit({ reducedMotion: "reduce", viewport: { width: 1280, height: 600 } });
    const { page } = visitor;
    await visitor.open("/fr/map");
    await page.locator(".map.is-live").waitFor();
    const earth = page.locator(".earth");
    const before = await earth.getAttribute("transform");
    await page.locator(".frame > svg").hover();
    await page.mouse.wheel(0, 200);
    await page.waitForFunction(() => scrollY > 0);
    expect(await earth.getAttribute("transform")).toBe(before);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Control");
    await page.waitForFunction(
      (before) => document.querySelector(".earth")?.getAttribute("transform") !== before,
      before,
    );
    await visitor.close();
  });
});

/** The node writes fewer digits of a view than the script. */
const rounded = (transform: string | null) =>
  transform?.match(/-?[\d.]+/g)?.map((n) => Math.round(Number(n)));
