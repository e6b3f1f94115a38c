import { describe, expect, it } from "vitest";
import type { Visit, VisitOptions } from "./support/chromium";
import { bringFocusable, countStops, focused, type Stop, walk } from "./support/keyboard";
import { asked } from "./support/places";
import { foundedNodeAndBrowser } from "./support/stage";

const stage = foundedNodeAndBrowser("collective");

const RESULTS = "/fr/services?need=pads&near=Lyon";
const PLACES = [
  asked("home", "/fr/"),
  asked("results", RESULTS),
  asked("a departure", "/fr/leave/framadate?near=Lyon"),
  asked("what was seen of a site", "/fr/check?url=adminforge.de"),
  asked("the map", "/fr/map?need=pads&near=Lyon"),
  asked("a slip", "/fr/services?q=pad&near=Lyonn", 404),
];

describe.each(PLACES)("with the keyboard alone, on $name,", ({ show }) => {
  it("1. Tab reaches everything, in the order one reads: the document's on a desk, downwards on a phone", async () => {
    const desk = await wide();
    await show(desk);
    const everything = [...Array(await countStops(desk.page)).keys()];
    expect((await walk(desk.page)).map(({ index }) => index)).toEqual(everything);
    await desk.close();

    const phone = await narrow();
    await show(phone);
    const stops = await walk(phone.page);
    expect(stops.length).toBe(await countStops(phone.page));
    expect(goingUp(stops), "stops above the one before").toEqual([]);
    await phone.close();
  });

  it("2. nothing traps the focus: Shift+Tab leads back the same way, and out", async () => {
    const visitor = await wide();
    await show(visitor);
    const there = await walk(visitor.page);
    const back = await walk(visitor.page, "Shift+Tab");
    expect(back.map(({ what }) => what).reverse()).toEqual(there.map(({ what }) => what));
    await visitor.close();
  });

  it.each([320, 1280])("3. the focus is seen at every stop, %s px", async (width) => {
    const visitor = width === 320 ? await narrow() : await wide();
    await show(visitor);
    const unseen = (await walk(visitor.page)).filter(({ isSeen }) => !isSeen);
    expect(unseen).toEqual([]);
    await visitor.close();
  });

  it("4. the way past the header comes first, and leads to what the page is about", async () => {
    const visitor = await wide();
    const { page } = visitor;
    await show(visitor);
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").getAttribute("href")).toBe("#main");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.locator("main :focus").count(), "the next stop is inside").toBe(1);
    await visitor.close();
  });
});

describe("with the keyboard alone", () => {
  it("5. suggestions open as one types, are walked by arrows, taken by Enter and closed by Escape", async () => {
    const visitor = await wide();
    const { page, open } = visitor;
    await open("/fr/");
    const what = page.locator("[name=what]");
    await tabTo(visitor, "[name=what]");
    await page.keyboard.type("framad");
    const options = page.getByRole("option");
    await options.filter({ hasText: "Framadate" }).first().waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await options.first().getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Escape");
    expect(await options.count()).toBe(0);
    expect(await what.inputValue(), "Escape takes back no word").toBe("framad");
    await page.keyboard.press("ArrowDown");
    await options.first().waitFor();
    await page.keyboard.press("Enter");
    expect(await what.inputValue()).toBe("Framadate");
    expect(await hasFocus(visitor, "[name=what]"), "one goes on from where one was").toBe(true);
    await visitor.close();
  });

  it("6. filters open, are chosen and applied", async () => {
    const visitor = await wide();
    const { page, open } = visitor;
    await open(RESULTS);
    await tabTo(visitor, ".facet summary");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await hasFocus(visitor, ".facet[open] input"), "what opened comes next").toBe(true);
    const chosen = await page.locator(".check:focus-within span").first().innerText();
    await page.keyboard.press("Space");
    await tabTo(visitor, ".facet[open] button");
    await page.keyboard.press("Enter");
    await page.locator(".chip").filter({ hasText: chosen }).waitFor();
    await visitor.close();
  });

  it("7. the button that goes there is the stop before the reasons, which open with Enter and close with Space", async () => {
    const visitor = await wide();
    const { page, open } = visitor;
    await open(RESULTS);
    await tabTo(visitor, ".result a.go");
    await page.keyboard.press("Tab");
    expect(await hasFocus(visitor, ".result .why summary")).toBe(true);
    const reasons = page.locator(".factors").first();
    await page.keyboard.press("Enter");
    expect(await reasons.isVisible()).toBe(true);
    await page.keyboard.press("Space");
    expect(await reasons.isVisible()).toBe(false);
    await page.keyboard.press("Tab");
    expect(await hasFocus(visitor, ".result:nth-child(2) .result-name a"), "the next result").toBe(true);
    await visitor.close();
  });

  it("8. the focus is never lost: it stays on what opens and closes, and moves to what has to be mended", async () => {
    const visitor = await wide();
    const { page, open } = visitor;
    await open(RESULTS);
    for (const summary of [".facet summary", ".why summary"]) {
      await tabTo(visitor, summary);
      for (const key of ["Enter", "Enter"]) {
        await page.keyboard.press(key);
        expect(await hasFocus(visitor, summary), summary).toBe(true);
      }
    }
    await open(`${await page.locator(".result-name a").first().getAttribute("href")}/report`);
    await tabTo(visitor, "main form button");
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    await expect.poll(() => hasFocus(visitor, "#reason")).toBe(true);
    expect(await page.locator("fieldset").getAttribute("aria-describedby")).toBe("reason-error");
    await visitor.close();
  });
});

const wide = () => visitWith({ viewport: { width: 1280, height: 900 } });
const narrow = () => visitWith({ viewport: { width: 320, height: 640 } });

async function visitWith(options: VisitOptions): Promise<Visit> {
  const visitor = await stage.visit({ ...options, reducedMotion: "reduce" });
  await bringFocusable(visitor.page);
  return visitor;
}

/** Presses Tab until the first element that matches has the focus. */
async function tabTo(visitor: Visit, selector: string): Promise<void> {
  for (let stop: Stop | null = null; !(await hasFocus(visitor, selector)); ) {
    await visitor.page.keyboard.press("Tab");
    stop = await focused(visitor.page);
    expect(stop, `${selector} before the page ends`).not.toBeNull();
  }
}

function hasFocus({ page }: Visit, selector: string): Promise<boolean> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => element === document.activeElement);
}

/** Stops that lie wholly above the one before them. On a map, where order is no matter of lines, they may. */
function goingUp(stops: Stop[]): string[] {
  return stops
    .filter((stop, at) => {
      const before = stops[at - 1];
      return before && !stop.isInMap && !before.isInMap && stop.bottom <= before.top;
    })
    .map(({ what }) => what);
}
