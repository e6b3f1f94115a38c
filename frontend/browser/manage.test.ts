import { describe, expect, it } from "vitest";
import { violations } from "./support/axe";
import { type Visit, type VisitOptions, widthBeyondTheScreen } from "./support/chromium";
import { LANGUAGES, type Language } from "./support/places";
import { foundedNodeAndBrowser } from "./support/stage";

const stage = foundedNodeAndBrowser();

describe("the owner of a node, without script,", () => {
  it("logs in, adds a service, mends a slip, sees what others will see, closes, removes, and leaves", async () => {
    const visitor = await stage.visit({ javaScriptEnabled: false });
    const { page } = visitor;
    const notice = page.getByRole("status");
    await logIn(visitor);
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
    await logIn(visitor);
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
    await logIn(visitor);
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
    await logIn(visitor);
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

describe.each(LANGUAGES)("every page of the owner in %s", (language) => {
  it("fits a screen of 320 pixels", async () => {
    const visitor = await owner({ viewport: { width: 320, height: 640 } });
    const tooWide: string[] = [];
    for (const show of await everyPage(visitor, language)) {
      const name = await show();
      const beyond = await widthBeyondTheScreen(visitor.page);
      if (beyond > 0) tooWide.push(`${name}: ${beyond} px`);
    }
    expect(tooWide).toEqual([]);
    await visitor.close();
  });

  it.each(["light", "dark"] as const)("gives axe nothing to complain about, %s", async (colorScheme) => {
    const visitor = await owner({ colorScheme, reducedMotion: "reduce", axe: true });
    const pagesByViolation: Record<string, string[]> = {};
    for (const show of await everyPage(visitor, language)) {
      const name = await show();
      for (const violation of await violations(visitor.page)) {
        pagesByViolation[violation] = [...(pagesByViolation[violation] ?? []), name];
      }
    }
    expect(pagesByViolation).toEqual({});
    await visitor.close();
  });
});

async function owner(options: VisitOptions): Promise<Visit> {
  const visitor = await stage.visit(options);
  await logIn(visitor);
  return visitor;
}

async function logIn({ page, open }: Visit): Promise<void> {
  await open("/fr/manage");
  await page.fill("#token", stage.token());
  await page.getByRole("button", { name: "Entrer" }).click();
  await page.getByRole("heading", { name: "Vos services" }).waitFor();
}

/** Shows one page after another, and names each: those that are asked for, and those that follow a form. */
async function everyPage(visitor: Visit, language: Language): Promise<(() => Promise<string>)[]> {
  const { page } = visitor;
  const base = `/${language}/manage`;
  const id = `p${Date.now()}`;
  await visitor.open(`${base}/add`);
  await page.fill("#id", id);
  await page.fill("#name", "Un service au nom plutôt long, comme on en donne");
  await page.selectOption("#need", "pads");
  await page.fill("#note_fr", "Quelques mots.");
  const asked =
    (path: string, status = 200) =>
    async () => {
      await visitor.open(base + path, status);
      return path;
    };
  const sent = (path: string, button: string, fill: () => Promise<void>) => async () => {
    await visitor.open(base + path);
    await fill();
    await Promise.all([page.waitForEvent("load"), page.locator(`button[value=${button}]`).click()]);
    return `${path} ${button}`;
  };
  await Promise.all([page.waitForURL("**/manage?done=added**"), page.locator("button[value=save]").click()]);
  const service = `/services/${id}`;
  return [
    asked(""),
    asked(`?done=added&service=${id}`),
    asked("/add"),
    sent("/add", "save", async () => page.fill("#people", "beaucoup")),
    asked(service),
    sent(service, "preview", async () => page.fill("#url", "pads.example.org")),
    sent(`${service}/close`, "close", async () => page.fill("#successor", "ftp://")),
    sent(`${service}/close`, "close", async () => page.fill("#on", "2031-06-30")),
    asked(`${service}/close`),
    asked(`${service}/remove`),
    asked("/members"),
    asked("/members/apply"),
    asked("/members/offer"),
    asked("/members/remove?who=https://hoster.example/ap/org"),
    asked("/deliveries"),
    asked("/followers"),
    asked("/trust"),
    sent("/trust", "add-block", async () => page.fill("#domain", "org")),
    asked("/services/none", 404),
    async () => {
      await page.context().clearCookies();
      await visitor.open(`${base}/deliveries`, 403);
      return "login";
    },
  ];
}
