import { describe, expect, it } from "vitest";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

describe.each([
  ["with script", true],
  ["without script", false],
])("somebody who leaves Framadate, %s,", (_, javaScriptEnabled) => {
  it("finds three hosters near Lyon in one step, and only the node knows", async () => {
    const visitor = await stage.visit({ javaScriptEnabled });
    const { page } = visitor;
    await visitor.open("/fr/");
    expect(await page.locator("[role=combobox]").count(), "script runs").toBe(javaScriptEnabled ? 2 : 0);
    await page.fill("input[name=what]", "framadate");
    await page.fill("input[name=near]", "Lyon");
    await Promise.all([
      page.waitForURL((url) => url.pathname !== "/fr/"),
      page.press("input[name=near]", "Enter"),
    ]);

    const results = page.locator(".result");
    await results.first().waitFor();
    expect(await results.count()).toBeGreaterThanOrEqual(3);
    const first = results.first();
    expect(await first.innerText()).toMatch(/\d+\s?km/);
    expect(await first.locator(".reasons").innerText()).not.toBe("");

    const go = new URL((await first.locator("a.go").getAttribute("href")) ?? "");
    expect(go.protocol).toMatch(/^https?:$/);
    expect(go.origin).not.toBe(stage.origin());

    await visitor.assertQuiet();
    await visitor.close();
  });
});
