import { describe, expect, it } from "vitest";
import { violations } from "./support/axe";
import { type Visit, type VisitOptions, widthBeyondTheScreen } from "./support/chromium";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

describe("the question of the home page", () => {
  it("offers Framadate to whoever types framad, and Enter chooses it", async () => {
    const { page, ...visitor } = await home();
    const what = page.getByRole("combobox").and(page.locator("[name=what]"));
    await what.fill("framad"); // at once: one question, one answer, however slow the machine
    // A software has the same name; the service that people leave comes first.
    const offered = page.getByRole("option").filter({ hasText: "Framadate" }).first();
    await offered.waitFor();
    expect(await offered.innerText()).toContain("un service qu’on quitte");

    await what.press("ArrowDown");
    const active = page.locator(`[id="${await what.getAttribute("aria-activedescendant")}"]`);
    expect(await active.innerText()).toContain("Framadate");
    await what.press("Enter");
    expect(await what.inputValue()).toMatch(/framadate/i);
    expect(await what.getAttribute("aria-expanded")).toBe("false");
    expect(new URL(page.url()).pathname, "the form waits for its second answer").toBe("/fr/");

    await Promise.all([page.waitForURL((url) => url.pathname !== "/fr/"), what.press("Enter")]);
    await page.locator(".result").first().waitFor();
    await visitor.assertQuiet();
    await visitor.close();
  });

  it.each([
    ["fr", "sondage", "Sondages de dates", "un besoin", "Sondage"],
    ["en", "meeting", "Meeting polls", "a need", "Meeting"],
  ])("speaks the language of the page, %s, once per line", async (language, typed, label, detail, mark) => {
    const { page, ...visitor } = await home({}, language);
    await page.locator("input[name=what]").fill(typed);
    const offered = page.getByRole("option").filter({ hasText: label }).first();
    await offered.waitFor();
    expect((await offered.innerText()).split(/\s*\n\s*/)).toEqual([label, detail]);
    expect(await offered.locator("mark").innerText()).toBe(mark);
    await visitor.close();
  });

  it("offers Lyon as a place, and a click chooses it", async () => {
    const { page, ...visitor } = await home();
    const near = page.locator("input[name=near]");
    await near.fill("Lyo");
    await page.getByRole("option").filter({ hasText: "Lyon" }).first().click();
    expect(await near.inputValue()).toMatch(/^Lyon/);
    expect(await page.getByRole("option").count(), "the list is closed").toBe(0);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("is walked through with the keys of a combobox, while the cursor stays in the text", async () => {
    const { page, ...visitor } = await home();
    const what = page.locator("input[name=what]");
    const active = () => what.getAttribute("aria-activedescendant");
    await what.fill("frama");
    await page.getByRole("option").first().waitFor();
    const options = page.getByRole("option");
    await what.press("ArrowUp");
    expect(await active(), "up from the text is the last").toBe(await options.last().getAttribute("id"));
    await what.press("ArrowDown");
    expect(await active(), "and down from there the first").toBe(await options.first().getAttribute("id"));
    expect(await options.first().getAttribute("aria-selected")).toBe("true");
    await what.press("Home");
    expect(await active()).toBeNull();
    expect(await what.evaluate((input: HTMLInputElement) => input.selectionStart)).toBe(0);
    await what.press("ArrowDown");
    await what.press("Alt+ArrowUp");
    expect(await options.count()).toBe(0);
    expect(await what.inputValue()).toBe("frama");
    await what.press("ArrowDown");
    await options.first().waitFor();
    expect(await active()).toBe(await options.first().getAttribute("id"));
    await what.press("Escape");
    await what.press("Escape");
    expect(await what.inputValue(), "Escape closes, then clears").toBe("");
    await what.fill("frama");
    await options.first().waitFor();
    await what.press("Tab");
    expect(await options.count(), "whoever leaves leaves the list").toBe(0);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("takes a town out of the words and puts it where towns go", async () => {
    const { page, ...visitor } = await home();
    const what = page.locator("input[name=what]");
    await what.fill("pad ly");
    const lyon = page.getByRole("option").filter({ hasText: "Lyon" }).first();
    await lyon.click();
    expect(await what.inputValue()).toBe("pad");
    expect(await page.locator("input[name=near]").inputValue()).toBe("Lyon, Rhône, FR");
    expect(await page.getByRole("status").filter({ hasText: "Lyon" }).count(), "it is said").toBe(1);
    await Promise.all([page.waitForURL((url) => url.pathname !== "/fr/"), what.press("Enter")]);
    await page.locator(".result").first().waitFor();
    expect(new URL(page.url()).searchParams.get("near")).toBe("Lyon, Rhône, FR");
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("moves nothing on the page when suggestions come", async () => {
    const { page, ...visitor } = await home();
    const button = page.locator(".ask button.coral");
    const before = await button.boundingBox();
    await page.locator("input[name=what]").fill("frama");
    await page.getByRole("option").first().waitFor();
    expect(await button.boundingBox()).toEqual(before);
    await visitor.close();
  });

  it.each([320, 700, 1280])(
    "stand right below what is asked, on every page that asks, %s px",
    async (width) => {
      const { page, open, ...visitor } = await home({ viewport: { width, height: 900 } });
      for (const [path, field, text] of [
        ["/fr/", "what", "ma"],
        ["/fr/", "near", "ly"],
        ["/fr/services", "q", "ma"],
        ["/fr/services", "near", "ly"],
        ["/fr/leave/framadate", "near", "ly"],
      ] as const) {
        await open(path);
        const input = page.locator(`input[name=${field}]`);
        await input.fill(text);
        await page.getByRole("option").first().waitFor();
        const [asked, list] = [
          await input.boundingBox(),
          await page.locator(".suggestions:visible").boundingBox(),
        ];
        if (!asked || !list) throw new Error(`${path} shows no list`);
        const gap = list.y - (asked.y + asked.height);
        expect(gap, `${path} ${field}`).toBeGreaterThanOrEqual(0);
        expect(gap, `${path} ${field}`).toBeLessThan(16);
        expect(list.x, `${path} ${field}`).toBeGreaterThanOrEqual(0);
        expect(list.x + list.width, `${path} ${field}`).toBeLessThanOrEqual(width);
        expect(await widthBeyondTheScreen(page), `${path} ${field}`).toBe(0);
      }
      await visitor.assertQuiet();
      await visitor.close();
    },
  );

  it("shows which suggestion is active in forced colours too", async () => {
    const { page, ...visitor } = await home({ forcedColors: "active" });
    await page.locator("input[name=what]").fill("frama");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    const outline = (index: number) =>
      page
        .getByRole("option")
        .nth(index)
        .evaluate((option) => getComputedStyle(option).outlineStyle);
    expect([await outline(0), await outline(1)]).toEqual(["solid", "none"]);
    await visitor.close();
  });

  const looks = (["fr", "en"] as const).flatMap((language) =>
    (["light", "dark"] as const).flatMap((colorScheme) =>
      [320, 1280].map((width) => ({ language, colorScheme, width })),
    ),
  );
  it.each(looks)(
    "shows suggestions that fit the screen and axe: $language, $colorScheme, $width px",
    async ({ language, colorScheme, width }) => {
      const { page, ...visitor } = await home(
        { viewport: { width, height: 640 }, colorScheme, reducedMotion: "reduce", axe: true },
        language,
      );
      await page.locator("input[name=what]").fill("ma"); // something of every kind
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      expect(await violations(page)).toEqual([]);
      expect(await widthBeyondTheScreen(page)).toBe(0);
      await page.keyboard.press("Escape");
      expect(await page.getByRole("option").count(), "Escape closes the list").toBe(0);
      await visitor.close();
    },
  );
});

async function home(options: VisitOptions = {}, language = "fr"): Promise<Visit> {
  const visitor = await stage.visit(options);
  await visitor.open(`/${language}/`);
  return visitor;
}
