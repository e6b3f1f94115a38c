import { violations, violationsOfColour } from "./axe";
import { openAllDetails, type Visit, widthBeyondTheScreen } from "./chromium";
import type { Place } from "./places";

/** What is wrong with pages by day and by night, folded parts included: each fault with the names of the places where it is. */
export async function faults(visit: Visit, places: Place[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const { page } = visit;
  for (const { name, show } of places) {
    await show(visit);
    const folded = await widthBeyondTheScreen(page);
    await openAllDetails(page);
    const beyond = Math.max(folded, await widthBeyondTheScreen(page));
    const tooWide = beyond > 0 ? [`wider than the screen by ${beyond} px`] : [];
    await page.emulateMedia({ colorScheme: "light" });
    const byDay = await violations(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const byNight = (await violationsOfColour(page)).map((fault) => `by night, ${fault}`);
    for (const fault of [...tooWide, ...byDay, ...byNight]) {
      found[fault] = [...(found[fault] ?? []), name];
    }
  }
  return found;
}
