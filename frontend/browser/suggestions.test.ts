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

  it.each(["light", "dark"] as const)(
    "shows suggestions that fit a small screen and axe, %s",
    async (colorScheme) => {
      const { page, ...visitor } = await home({
        viewport: { width: 320, height: 640 },
        colorScheme,
        reducedMotion: "reduce",
        axe: true,
      });
      await page.locator("input[name=what]").fill("frama");
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
