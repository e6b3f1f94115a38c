import { describe, expect, it } from "vitest";
import { violations } from "./support/axe";
import { openAllDetails, widthBeyondTheScreen } from "./support/chromium";
import { everyKindOfPage, LANGUAGES } from "./support/places";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

describe.each(LANGUAGES)("every kind of page in %s", (language) => {
  it("fits a screen of 320 pixels, and is quiet", async () => {
    const visitor = await stage.visit({ viewport: { width: 320, height: 640 } });
    const tooWide: string[] = [];
    for (const { path, status } of await everyKindOfPage(visitor, language)) {
      await visitor.open(path, status);
      const folded = await widthBeyondTheScreen(visitor.page);
      await openAllDetails(visitor.page);
      const beyond = Math.max(folded, await widthBeyondTheScreen(visitor.page));
      if (beyond > 0) tooWide.push(`${path}: ${beyond} px`);
    }
    expect(tooWide).toEqual([]);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it.each(["light", "dark"] as const)("gives axe nothing to complain about, %s", async (colorScheme) => {
    // Nothing moves when less motion is asked for: colours are final when axe measures them.
    const visitor = await stage.visit({ colorScheme, reducedMotion: "reduce", axe: true });
    const pathsByViolation: Record<string, string[]> = {};
    for (const { path, status } of await everyKindOfPage(visitor, language)) {
      await visitor.open(path, status);
      await openAllDetails(visitor.page);
      for (const violation of await violations(visitor.page)) {
        pathsByViolation[violation] = [...(pathsByViolation[violation] ?? []), path];
      }
    }
    expect(pathsByViolation).toEqual({});
    await visitor.close();
  });
});
