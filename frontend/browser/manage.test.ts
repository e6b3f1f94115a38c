import { describe, expect, it } from "vitest";
import { logIn } from "./support/desk";
import { foundedNodeAndBrowser } from "./support/stage";

const stage = foundedNodeAndBrowser("hoster");

describe("the owner of a node, without script,", () => {
  it("logs in, adds a service, mends a slip, sees what others will see, closes, removes, and leaves", async () => {
    const visitor = await stage.visit({ javaScriptEnabled: false });
    const { page } = visitor;
    const notice = page.getByRole("status");
    await logIn(visitor, stage.token());
    await page.getByRole("link", { name: "Ajouter un service" }).click();
    await page.fill("#id", "Nos Pads");
    await page.fill("#name", "Nos pads");
    await page.selectOption("#need", "pads");
    await page.fill("#note_fr", "Ouverts à tous.");
    await page.getByRole("button", { name: "Enregistrer et publier" }).click();

    expect(await page.inputValue("#name"), "nothing typed is lost").toBe("Nos pads");
    await page.getByRole("alert").getByRole("link", { name: "Nom court" }).click();
    const id = page.locator("#id");
    expect(
      await id.evaluate((element) => element === document.activeElement),
      "the summary leads there",
    ).toBe(true);
    expect(await id.getAttribute("aria-invalid")).toBe("true");
    await id.fill("pads");
    await page.getByRole("button", { name: "Voir l’aperçu" }).click();
    const preview = page.getByRole("region", { name: "Aperçu" });
    expect(await preview.locator("blockquote[lang=fr]").innerText()).toContain("Ouverts à tous.");
    expect(await preview.locator(".result h3").innerText()).toBe("Nos pads");
    expect(await preview.getByRole("link").count(), "nothing leads away from the form").toBe(0);
    expect(await page.inputValue("#note_fr"), "the form is still there").toBe("Ouverts à tous.");
    await preview.getByRole("button", { name: "Publier tel quel" }).click();
    expect(await notice.innerText()).toContain("est ajouté");

    await page.getByRole("link", { name: "Fermer Nos pads" }).click();
    await page.fill("#on", "2031-06-30");
    await page.getByRole("button", { name: "Annoncer la fermeture" }).click();
    expect(await page.locator(".own .closing").innerText()).toMatch(/30\sjuin 2031/);

    await page.getByRole("link", { name: "Retirer Nos pads" }).click();
    expect(await page.locator("h1").innerText()).toContain("Retirer");
    await page.getByRole("button", { name: "Retirer pour de bon" }).click();
    expect(await notice.innerText()).toContain("est retiré");
    expect(await page.locator(".own li").count()).toBe(0);

    await page.getByRole("button", { name: "Sortir" }).click();
    await page.locator("#token").waitFor();
    expect(await page.context().cookies(), "leaving deletes the cookie").toEqual([]);
    await visitor.close();
  });

  it("reaches both buttons by Tab, and Enter in a field saves", async () => {
    const visitor = await stage.visit({ javaScriptEnabled: false });
    const { page } = visitor;
    await logIn(visitor, stage.token());
    await visitor.open("/fr/manage/add");
    await page.locator("#id").focus();
    const reached = new Set<string>();
    for (let step = 0; step < 16; step++) {
      reached.add(
        await page.evaluate(() => document.activeElement?.textContent || document.activeElement?.id || ""),
      );
      await page.keyboard.press("Tab");
    }
    expect([...reached].filter((text) => /^(Enregistrer|Voir l’aperçu)/.test(text)).length).toBe(2);
    await page.fill("#id", "clavier");
    await page.fill("#name", "Au clavier");
    await page.selectOption("#need", "pads");
    await page.locator("#name").press("Enter");
    expect(await page.getByRole("status").innerText(), "Enter saves").toContain("est ajouté");
    await visitor.close();
  });
});

describe("the owner of a node, with script,", () => {
  it("is told what is wrong with a field once it is left, and can send the form all the same", async () => {
    const visitor = await stage.visit();
    const { page } = visitor;
    await logIn(visitor, stage.token());
    await visitor.open("/fr/manage/add");
    await page.fill("#people", "beaucoup");
    await page.locator("#people").press("Tab");
    const error = page.locator("#people-error");
    expect(await error.innerText()).toContain("nombre entier");
    const people = page.locator("#people");
    expect(await people.getAttribute("aria-invalid")).toBe("true");
    expect(await people.getAttribute("aria-describedby")).toBe("people-help people-error");
    expect(await page.locator(".field-error").count(), "what was not reached is left in peace").toBe(1);

    await page.getByRole("button", { name: "Enregistrer et publier" }).click();
    await page.locator("#wrong").waitFor();
    expect(await page.inputValue("#people"), "it was sent, and all is still there").toBe("beaucoup");
    expect(await page.locator(".field-error").count()).toBe(4);
    for (const [field, value] of [
      ["id", "verifie"],
      ["name", "Vérifié"],
      ["people", "20"],
    ] as const) {
      await page.fill(`#${field}`, value);
      await page.locator(`#${field}`).press("Tab");
      await page.locator(`#${field}-error`).waitFor({ state: "detached" });
    }
    await page.selectOption("#need", "pads");
    await page.locator("#need").press("Tab");
    await page.locator("#wrong").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Enregistrer et publier" }).click();
    expect(await page.getByRole("status").innerText()).toContain("est ajouté");
    await visitor.close();
  });
});

describe("the owner's cookie", () => {
  it("is seen by no page but the owner's, and by no script", async () => {
    const visitor = await stage.visit();
    const { page } = visitor;
    await logIn(visitor, stage.token());
    const cookies = await page
      .context()
      .cookies([`${stage.origin()}/fr/manage`, `${stage.origin()}/en/manage`]);
    expect(cookies.map(({ path }) => path).sort()).toEqual(["/en/manage", "/fr/manage"]);
    for (const { name, httpOnly, sameSite } of cookies) {
      expect([name, httpOnly, sameSite]).toEqual(["manage", true, "Strict"]);
    }
    expect(await page.evaluate(() => document.cookie)).toBe("");
    for (const path of ["/", "/fr/", "/fr/services", "/api/v1/search", "/fr/managed"]) {
      expect(await page.context().cookies(`${stage.origin()}${path}`), path).toEqual([]);
    }
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("heading", { name: "Your services" }).waitFor();
    await visitor.close();
  });
});
