import { expect, it } from "vitest";
import { launchChromium } from "../support/chromium";
import { startNode } from "../support/node";
import { html, startOtherSite } from "../support/others";

/** A processor a quarter as fast as this one. */
const CPU_SLOWER = 4;
/** The median of so many visits, each in a profile of its own. */
const VISITS = 9;

it("from the script's start to hosters on another site's page", async () => {
  const [node, site, browser] = await Promise.all([startNode(), startOtherSite(), launchChromium()]);
  // What the script does first is to define its elements.
  const clock = `<script>
    const define = customElements.define.bind(customElements);
    customElements.define = (...element) => { window.began ??= performance.now(); define(...element); };
    addEventListener("hosters-shown", () => requestAnimationFrame(() => { window.ended = performance.now(); }));
  </script>`;
  const finder = `<find-a-hoster need="pads" near="Lyon"></find-a-hoster>`;
  site.show({ html: html(finder, `${clock}<script src="${node.origin}/widget.js" defer></script>`) });
  const taken: number[] = [];
  // The first visit is to a node that has not answered anybody yet, and counts for nothing.
  for (let visit = 0; visit <= VISITS; visit++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER });
    await page.goto(site.origin);
    const ended = await page.waitForFunction(
      () => "ended" in window && Number(window.ended) - Number(Reflect.get(window, "began")),
    );
    if (visit > 0) taken.push(Math.round(Number(await ended.jsonValue())));
    await context.close();
  }
  taken.sort((one, other) => one - other);
  console.log(`hosters after ${taken[Math.floor(VISITS / 2)]} ms (${taken.join(", ")})`);
  expect(taken.length).toBe(VISITS);
  await browser.close();
  await site.close();
  await node.stop();
});
