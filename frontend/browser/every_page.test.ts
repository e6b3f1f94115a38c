import { describe, expect, it } from "vitest";
import { everyPageOfTheOwner, logIn } from "./support/desk";
import { faults } from "./support/faults";
import { LOOKS, seenOn } from "./support/looks";
import { everyKindOfPage } from "./support/places";
import { foundedNodeAndBrowser } from "./support/stage";

/** Some thirty pages one after another, on a slow machine. */
const ONE_LOOK_MS = 900_000;

describe("every kind of page a visitor meets", () => {
  const stage = foundedNodeAndBrowser("collective");

  it.for(LOOKS)(
    "fits the screen, gives axe nothing to complain about by day and night, and is quiet: $language, $width px",
    { timeout: ONE_LOOK_MS },
    async (look) => {
      const visitor = await stage.visit({ ...seenOn(look.width), axe: true });
      expect(await faults(visitor, await everyKindOfPage(visitor, look.language))).toEqual({});
      await visitor.assertQuiet();
      await visitor.close();
    },
  );
});

describe("every page of a node's owner", () => {
  const stage = foundedNodeAndBrowser("hoster");

  it.for(LOOKS)(
    "fits the screen and gives axe nothing to complain about by day and night: $language, $width px",
    { timeout: ONE_LOOK_MS },
    async (look) => {
      const visitor = await stage.visit({ ...seenOn(look.width), axe: true });
      await logIn(visitor, stage.token());
      expect(await faults(visitor, await everyPageOfTheOwner(visitor, look.language))).toEqual({});
      await visitor.close();
    },
  );
});
