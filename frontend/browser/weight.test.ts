import { describe, expect, it } from "vitest";
import { nodeAndBrowser } from "./support/stage";
import { weight } from "./support/weight";

const stage = nodeAndBrowser();

/** What may be transferred for a first visit, all included, in bytes. */
const BUDGETS = { page: 60_000, map: 150_000 };

describe("a first visit", () => {
  it.each([
    ["the home page", "/fr/", BUDGETS.page],
    ["results near a town", "/fr/services?need=pads&near=Lyon", BUDGETS.page],
    ["a departure near a town", "/fr/leave/framadate?near=Lyon", BUDGETS.page],
    ["the map of all hosters", "/fr/map", BUDGETS.map],
  ])("to %s transfers less than its budget, style, script and images included", async (_, path, budget) => {
    const visitor = await stage.visit();
    const files = await weight(visitor, path);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining([path, "/assets/site.css", "/assets/site.js", "/assets/favicon.svg"]),
    );
    expect(total, JSON.stringify(files)).toBeLessThan(budget);
    await visitor.assertQuiet();
    await visitor.close();
  });
});
