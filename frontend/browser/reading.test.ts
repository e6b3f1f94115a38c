import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Visit } from "./support/chromium";
import { LANGUAGES } from "./support/places";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

/**
 * What a screen reader is told on the way from the question to a hoster. The files in `reading` are there to be read aloud; when
 * a page changes on purpose, `npm run browser -- reading -u` writes them anew.
 */
describe.each(LANGUAGES)("the way out of Framadate near Lyon, in %s,", (language) => {
  it("reads well without a screen", async () => {
    const visitor = await stage.visit({ viewport: { width: 1280, height: 900 } });
    const { page, open } = visitor;
    const told: string[] = [];
    const tell = async (title: string, part: Locator) => told.push(`# ${title}\n${await heard(part)}`);

    await open(`/${language}/`);
    await tell("The head of every page", page.locator("header"));
    await tell("The question", page.locator(".ask"));
    await leaveOutWhoIsOnTheChart(visitor);
    await tell("The chart beside it", page.locator(".home-chart"));
    await tell("One group of needs", page.locator(".legend > div").first());
    await page.fill("input[name=what]", "framadate");
    await page.fill("input[name=near]", "Lyon");
    await Promise.all([page.waitForURL("**/leave/framadate**"), page.press("input[name=near]", "Enter")]);

    await leaveOutWhatTurns(visitor);
    await tell("The departure, without its hosters", page.locator("main"));
    await open(`/${language}/services?leave=framadate&near=Lyon&sort=distance`);
    await tell("All results: the question and its filters", page.locator("form.search"));
    await tell("What is applied", page.locator(".chips"));
    await tell("How many there are and in which order", page.locator(".bar-top"));
    await page.locator(".why summary").first().press("Enter");
    await tell("The nearest, with its reasons open", page.locator(".pilot > li").first());
    await tell("The foot of every page", page.locator("footer"));

    await expect(`${told.join("\n\n")}\n`).toMatchFileSnapshot(`reading/${language}.yml`);
    await visitor.assertQuiet();
    await visitor.close();
  });
});

/** Of the islands that are on the chart today one stays, whoever's it is. */
async function leaveOutWhoIsOnTheChart({ page }: Visit): Promise<void> {
  await page.evaluate(() => {
    const [first, ...others] = document.querySelectorAll(".home-chart svg a");
    for (const island of others) island.remove();
    first?.setAttribute("aria-label", "Hoster, Town");
    for (const name of first?.querySelectorAll("text") ?? []) name.textContent = "Hoster";
  });
}

/** Who stands first changes from day to day, and with them who is on the chart and in the message, which names the node, too. */
async function leaveOutWhatTurns({ page }: Visit): Promise<void> {
  await page.evaluate(() => {
    for (const turning of document.querySelectorAll(".pilot > li > *, .around svg, #to option"))
      turning.remove();
    (document.getElementById("words") as HTMLTextAreaElement).value = "";
  });
}

/** The accessibility tree, without addresses: nobody hears them. */
async function heard(part: Locator): Promise<string> {
  const lines = (await part.ariaSnapshot())
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("- /url:"));
  const depth = (line = "") => line.search(/\S/);
  return lines
    .map((line, at) => (depth(lines[at + 1]) > depth(line) ? line : line.replace(/:$/, "")))
    .join("\n");
}
