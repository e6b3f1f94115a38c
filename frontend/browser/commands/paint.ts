import { expect, it } from "vitest";
import type { Visit } from "../support/chromium";
import { nodeAndBrowser } from "../support/stage";
import { weight } from "../support/weight";

/** A phone on a slow line, as Lighthouse imagines it: "slow 4G", and a processor a quarter as fast as this one. */
const LINE = {
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
  offline: false,
};
const CPU_SLOWER = 4;
/** The median of so many visits, each in a profile of its own. */
const VISITS = 5;

const stage = nodeAndBrowser();

it.each(["/fr/", "/fr/services?need=pads&near=Lyon", "/fr/leave/framadate?near=Lyon", "/fr/map"])(
  "a first visit of %s",
  async (path) => {
    const taken: number[] = [];
    for (let visit = 0; visit < VISITS; visit++) taken.push(await firstPaint(path));
    const median = taken.sort((one, other) => one - other)[Math.floor(VISITS / 2)];
    const visitor = await stage.visit();
    const bytes = (await weight(visitor, path)).reduce((sum, file) => sum + file.bytes, 0);
    await visitor.close();
    console.log(`${path}: ${bytes} bytes transferred, first paint after ${median} ms (${taken.join(", ")})`);
    expect(taken.length).toBe(VISITS);
  },
);

async function firstPaint(path: string): Promise<number> {
  const visitor = await stage.visit({ viewport: { width: 360, height: 640 }, isMobile: true });
  await slowDown(visitor);
  await visitor.open(path);
  const painted = await visitor.page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  const ms = Math.round((await painted.jsonValue()) ?? 0);
  await visitor.close();
  return ms;
}

async function slowDown({ page }: Visit): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER });
}
