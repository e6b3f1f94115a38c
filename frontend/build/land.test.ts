import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { HEIGHT, land, WIDTH } from "./land";

it("draws the earth's land on its canvas, small enough to be loaded by a phone", () => {
  const drawing = land();
  expect(drawing).toContain(`viewBox="0 0 ${WIDTH} ${HEIGHT}"`);
  expect(gzipSync(drawing).length).toBeLessThan(30_000);
  const starts = [...drawing.matchAll(/M(\d+) (\d+)l/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(starts.length).toBeGreaterThan(300); // continents and islands
  for (const [x, y] of starts) {
    expect(x).toBeLessThanOrEqual(WIDTH);
    expect(y).toBeLessThanOrEqual(HEIGHT);
  }
});
