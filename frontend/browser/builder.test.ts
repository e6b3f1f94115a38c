import { describe, expect, it } from "vitest";
import { nodeAndBrowser } from "./support/stage";

const stage = nodeAndBrowser();

describe("whoever builds the code for a site", () => {
  it("sees the code and the very element change as they choose, and can reload what they chose", async () => {
    const visitor = await stage.visit();
    const { page, open } = visitor;
    await open("/fr/widget?what=pads");
    const code = page.locator("#code");
    await page.locator("find-a-hoster [part=result]").first().waitFor();
    expect(await code.inputValue()).toContain('<find-a-hoster need="pads" lang="fr" limit="3">');

    await page.getByLabel("Combien").selectOption("1");
    await expect.poll(() => code.inputValue()).toContain('limit="1"');
    await expect.poll(() => page.locator("find-a-hoster [part=result]").count()).toBe(1);
    await page.getByLabel("Que cherchent vos visiteurs ?").selectOption("framapad");
    await page.getByRole("radio", { name: "Un bandeau de fermeture" }).check();
    await page.locator("service-closing [part=news]").waitFor();
    expect(await code.inputValue()).toContain('<service-closing departure="framapad"');
    expect(
      await page.getByRole("button", { name: "Copier le code" }).isVisible(),
      "the new code is copied, too",
    ).toBe(true);
    expect(new URL(page.url()).searchParams.get("kind")).toBe("banner");
    await page.getByRole("radio", { name: "Un cadre, sans script" }).check();
    await page.frameLocator("#made iframe").locator(".result").first().waitFor();
    await page.reload();
    expect(await page.getByRole("radio", { name: "Un cadre, sans script" }).isChecked()).toBe(true);
    await visitor.assertQuiet();
    await visitor.close();
  });

  it("reads what is wrong beside the field as they leave it, and mends it with one press", async () => {
    const visitor = await stage.visit();
    const { page, open } = visitor;
    await open("/en/widget?what=pads");
    const town = page.getByLabel("Near (optional)");
    await town.fill("Lyonn");
    await town.press("Tab");
    await page.getByText("We cannot find this place.").first().waitFor();
    expect(await town.getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator("#language").evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await page.locator("#code").count(), "no code that lacks what was typed").toBe(0);
    await page.getByText("No code yet").waitFor();
    await page.reload();
    expect(await town.inputValue(), "the address holds what was typed").toBe("Lyonn");
    await page.getByRole("link", { name: "Lyon, Rhône, FR" }).click();
    await page.waitForURL(/near=Lyon%2C/);
    expect(await page.locator("#code").inputValue()).toContain('near="Lyon, Rhône, FR"');
    await visitor.close();
  });

  it("chooses and sees without script, too", async () => {
    const visitor = await stage.visit({ javaScriptEnabled: false });
    const { page, open } = visitor;
    await open("/en/widget?what=pads");
    await page.frameLocator("#made iframe").locator(".result").first().waitFor();
    await page.getByRole("radio", { name: "A form" }).check();
    await Promise.all([
      page.waitForURL(/kind=form/),
      page.getByRole("button", { name: "Make the code" }).click(),
    ]);
    expect(await page.locator("#code").inputValue()).toContain("<form action=");
    await visitor.close();
  });
});
