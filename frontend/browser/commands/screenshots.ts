import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, it } from "vitest";
import { openAllDetails, type Visit } from "../support/chromium";
import { everyPageOfTheOwner, logIn } from "../support/desk";
import { LOOKS, type Look, seenOn } from "../support/looks";
import { everyKindOfPage, type Language, type Place } from "../support/places";
import { foundedNodeAndBrowser } from "../support/stage";

/** Ignored by git; emptied each time, so that nothing in it is of another day. */
const FOLDER = join(import.meta.dirname, "../../../screenshots");

beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER);
});

describe("visitors", () => {
  const stage = foundedNodeAndBrowser("collective");
  it.for(LOOKS)("$width px, $language", async (look) => {
    const visitor = await stage.visit(seenOn(look.width));
    const places = await everyKindOfPage(visitor, look.language);
    await keep(visitor, look, [...places, ...whatOpens(look.language)]);
    await visitor.close();
  });
});

describe("the owner of a node", () => {
  const stage = foundedNodeAndBrowser("hoster");
  it.for(LOOKS)("$width px, $language", async (look) => {
    const visitor = await stage.visit(seenOn(look.width));
    await logIn(visitor, stage.token());
    await keep(visitor, look, await everyPageOfTheOwner(visitor, look.language));
    await visitor.close();
  });
});

/** States that no address has. */
function whatOpens(language: Language): Place[] {
  return [
    {
      name: "home-suggestions",
      async show({ page, open }) {
        await open(`/${language}/`);
        await page.fill("input[name=what]", "ma");
        await page.getByRole("option").first().waitFor();
        await page.keyboard.press("ArrowDown");
      },
    },
    {
      name: "services-all-open",
      async show({ page, open }) {
        await open(`/${language}/services?need=pads&near=Lyon`);
        await openAllDetails(page);
      },
    },
  ];
}

async function keep(visitor: Visit, { width, language }: Look, places: Place[]): Promise<void> {
  const { page } = visitor;
  for (const { name, show } of places) {
    await show(visitor);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const file = `${width}-${colorScheme}-${language}-${name}.png`;
      await page.screenshot({ path: join(FOLDER, file), fullPage: true });
    }
  }
}
