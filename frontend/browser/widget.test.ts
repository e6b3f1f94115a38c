import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bringAxe, violations } from "./support/axe";
import { launchChromium, PATIENCE_MS, widthBeyondTheScreen } from "./support/chromium";
import { startNode, type TestNode } from "./support/node";
import { html, type OtherPage, type OtherSite, startOtherSite } from "./support/others";

/** What the script may weigh with its styles, compressed, in bytes. */
const BUDGET = 12_000;

let node: TestNode;
let site: OtherSite;
let browser: Browser;

beforeAll(async () => {
  [node, site, browser] = await Promise.all([startNode(), startOtherSite(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await node.stop();
});

interface Look {
  width?: number;
  colorScheme?: "light" | "dark";
  javaScriptEnabled?: boolean;
  axe?: boolean;
}

/** Somebody's visit to the other site, and all that happened there. */
async function visitOther(other: OtherPage, look: Look = {}) {
  site.show(other);
  const { width = 1280, axe, ...options } = look;
  const viewport = { width, height: 800 };
  const context = await browser.newContext({
    locale: "fr-FR",
    viewport,
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (axe) await bringAxe(context);
  const page = await context.newPage();
  const requests: string[] = [];
  const said: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(site.origin);
  return {
    page,
    /** Requests to the node but for the script. */
    asked: () => requests.filter((url) => url.startsWith(node.origin) && !url.endsWith(".js")),
    said,
    async close() {
      expect(await context.cookies(), "cookies").toEqual([]);
      expect(await page.evaluate(() => localStorage.length + sessionStorage.length), "storage").toBe(0);
      expect(await page.evaluate(async () => (await indexedDB.databases()).length), "databases").toBe(0);
      await context.close();
    },
  };
}

const script = (attributes = "defer") => `<script src="${node.origin}/widget.js" ${attributes}></script>`;
const finder = (attributes = 'need="pads" near="Lyon"') =>
  `<find-a-hoster ${attributes}><a href="${node.origin}/go/pads">Trouver un hébergeur</a></find-a-hoster>`;
const fallback = (page: Page) => page.locator("find-a-hoster > a");
const results = (page: Page) => page.locator("find-a-hoster [part=result]");

describe("on a page of another site", () => {
  it.each(["defer", "async", 'type="module"'])(
    "the script works with %s: three hosters, one request",
    async (how) => {
      const { page, asked, said, close } = await visitOther({ html: html(finder(), script(how)) });
      await results(page).first().waitFor();
      expect(await results(page).count()).toBe(3);
      expect(asked()).toEqual([`${node.origin}/api/v1/search?need=pads&near=Lyon&lang=fr&limit=9`]);
      expect(await fallback(page).isVisible(), "the fallback").toBe(false);
      const go = page.locator("[part=go]").first();
      expect(await go.getAttribute("href")).toMatch(/^https:/);
      expect(said).toEqual([]);
      await close();
    },
  );

  it("twice the script and several elements are no more than the elements", async () => {
    const body = `${finder()}<div style="display:flex"><div style="width:200px">${finder('leave="framadate" lang="en"')}</div></div>${finder('need="video-calls" theme="dark" limit="1"')}`;
    const { page, asked, said, close } = await visitOther({ html: html(body, script() + script()) });
    await expect.poll(() => page.locator("find-a-hoster [part=box]").count()).toBe(3);
    expect(asked().length).toBe(3);
    expect(await widthBeyondTheScreen(page)).toBe(0);
    expect(said).toEqual([]);
    await close();
  });

  it("a strict policy has to allow the script and the question, and no style", async () => {
    const policy = `default-src 'none'; script-src ${node.origin}; connect-src ${node.origin}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'`;
    const banner = '<service-closing departure="framapad" on="2099-03-31">Nous fermons.</service-closing>';
    const { page, said, close } = await visitOther({
      html: html(finder('need="pads"') + banner, script()),
      policy,
    });
    await results(page).first().waitFor();
    const box = page.locator("find-a-hoster [part=box]");
    expect(await box.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(
      "rgb(251, 247, 239)",
    );
    await page.locator("find-a-hoster input").fill("Nantes");
    await page.locator("find-a-hoster [part=button]").click();
    await page.getByText("en partant de Nantes").waitFor({ state: "attached" });
    await page.locator("service-closing [part=news]").waitFor();
    expect(said).toEqual([]);
    await close();
  });

  it("a policy that forbids the question leaves the fallback", async () => {
    const policy = `default-src 'none'; script-src ${node.origin}`;
    const { page, close } = await visitOther({ html: html(finder(), script()), policy });
    await expect.poll(() => page.locator("find-a-hoster").evaluate(state)).toBe("failed");
    expect(await fallback(page).isVisible()).toBe(true);
    await close();
  });

  it("without script the fallback is a link like any other", async () => {
    const { page } = await visitOther({ html: html(finder(), script()) }, { javaScriptEnabled: false });
    expect(await fallback(page).isVisible()).toBe(true);
    await page.context().close();
  });

  it.each([
    ["a failure", (page: Page) => page.route("**/api/**", (route) => route.fulfill({ status: 503 }))],
    ["nonsense", (page: Page) => page.route("**/api/**", (route) => route.fulfill({ body: "<p>Hello</p>" }))],
  ])("where %s answers, the children stay and we say nothing in the console", async (_, meddle) => {
    const { page, said, close } = await visitOther({ html: html("", script()) });
    await meddle(page);
    await page.evaluate(
      (element) => document.querySelector("main")?.insertAdjacentHTML("beforeend", element),
      finder(),
    );
    await expect.poll(() => page.locator("find-a-hoster").evaluate(state)).toBe("failed");
    expect(await fallback(page).isVisible()).toBe(true);
    expect(said.filter((text) => !isOfTheBrowser(text))).toEqual([]);
    await close();
  });

  it("where the node is gone, the children stay and we say nothing in the console", async () => {
    const gone = await startOtherSite();
    await gone.close();
    const elements =
      finder(`need="pads" node="${gone.origin}"`) +
      `<service-closing departure="framapad" node="${gone.origin}">Nous fermons bientôt.</service-closing>`;
    const { page, said, close } = await visitOther({ html: html(elements, script()) });
    await expect.poll(() => page.locator("find-a-hoster").evaluate(state)).toBe("failed");
    expect(await fallback(page).isVisible()).toBe(true);
    expect(await page.getByText("Nous fermons bientôt.").isVisible()).toBe(true);
    expect(said.filter((text) => !isOfTheBrowser(text))).toEqual([]);
    await close();
  });

  it("colours follow the page and not the system, unless the page leaves it to that", async () => {
    const colour = async (head: string, colorScheme: "light" | "dark") => {
      const { page, close } = await visitOther({ html: html(finder(), head + script()) }, { colorScheme });
      const box = page.locator("find-a-hoster [part=box]");
      const backgroundColor = await box.evaluate((element) => getComputedStyle(element).backgroundColor);
      await close();
      return backgroundColor;
    };
    const [day, night] = ["rgb(251, 247, 239)", "rgb(12, 26, 35)"];
    const both = '<meta name="color-scheme" content="light dark">';
    expect(await colour("", "dark"), "a page that is light only").toBe(day);
    expect(await colour(both, "light")).toBe(day);
    expect(await colour(both, "dark")).toBe(night);
  });

  it("the integrity that the builder gives holds, and its address has the same bytes for a year", async () => {
    const builder = await fetch(`${node.origin}/fr/widget?kind=element&what=pads&pinned=1`).then((page) =>
      page.text(),
    );
    const code = /<textarea id="code"[^>]*>([^<]*)<\/textarea>/.exec(builder)?.[1] ?? "";
    const { page, said, close } = await visitOther({ html: html(unescaped(code)) });
    await results(page).first().waitFor();
    const pinned = await page.locator("script[integrity]").getAttribute("src");
    const headers = (await fetch(pinned ?? "")).headers;
    expect(headers.get("cache-control")).toContain("immutable");
    expect(said).toEqual([]);
    await close();
  });

  it("weighs less than its budget, styles and all", async () => {
    const bytes = await fetch(`${node.origin}/widget.js`).then((answer) => answer.arrayBuffer());
    expect(gzipSync(Buffer.from(bytes), { level: 9 }).byteLength).toBeLessThanOrEqual(BUDGET);
  });
});

describe("whoever comes by", () => {
  it("types a town and gets there with the keyboard alone", async () => {
    const { page, asked, close } = await visitOther({ html: html(finder('need="pads"'), script()) });
    await results(page).first().waitFor();
    const focus = () =>
      page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute("part"));
    const stops: (string | null | undefined)[] = [];
    for (let stop = 0; stop < 8; stop++) {
      await page.keyboard.press("Tab");
      stops.push(await focus());
    }
    expect(stops.slice(0, 4)).toEqual(["input", "button", "here", "name"]);
    expect(stops).toContain("go");
    await page.locator("find-a-hoster input").focus();
    await page.keyboard.type("Nantes");
    expect(asked().length, "nothing is sent while one types").toBe(1);
    await page.keyboard.press("Enter");
    await page.getByText("en partant de Nantes").waitFor({ state: "attached" });
    expect(await focus()).toBe("input");
    expect(asked().length).toBe(2);
    await close();
  });

  it("is told at the field that nobody knows the place, with what was perhaps meant", async () => {
    const { page, close } = await visitOther({ html: html(finder('need="pads"'), script()) });
    await results(page).first().waitFor();
    await page.locator("find-a-hoster input").fill("Lyonn");
    await page.keyboard.press("Enter");
    const error = page.locator("find-a-hoster [part=error]");
    await error.waitFor();
    expect(await error.innerText()).toContain("Nous ne trouvons pas ce lieu.");
    expect(await results(page).count()).toBe(3);
    await close();
  });

  const looks = [320, 1280].flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  it.each(looks)("finds nothing that axe complains about: $width px, $colorScheme", async (look) => {
    const banner = '<service-closing departure="framapad" on="2099-03-31">Nous fermons.</service-closing>';
    const own = '<h2 slot="title">Où aller ?</h2>';
    const titled = finder('need="video-calls"').replace("<a ", `${own}<a `);
    const head = `<meta name="color-scheme" content="light dark">${script()}`;
    const { page, close } = await visitOther(
      { html: html(banner + finder('need="pads"') + titled, head) },
      { ...look, axe: true },
    );
    await expect.poll(() => page.locator("[part=box]").count()).toBe(3);
    await page.locator("find-a-hoster details").evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true;
    });
    expect(await violations(page)).toEqual([]);
    expect(await widthBeyondTheScreen(page)).toBe(0);
    await close();
  });
});

describe("in a frame", () => {
  const frame = () =>
    `<iframe title="Trouver" src="${node.origin}/embed?need=pads&lang=fr" width="320" height="900" sandbox="allow-forms allow-popups allow-popups-to-escape-sandbox"></iframe>`;

  it("the list needs no script, asks for a town, and opens hosters in a window of their own, with theirs", async () => {
    const { page, said, close } = await visitOther({ html: html(frame()) });
    // Only now: each later look into the frame is a script that Chromium tells it has blocked.
    expect(said).toEqual([]);
    const framed = page.frameLocator("iframe");
    await framed.locator(".result").first().waitFor();
    expect(await framed.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor)).toBe(
      "rgb(251, 247, 239)",
    );
    await framed.locator("input[name=near]").fill("Nantes");
    await framed.getByRole("button", { name: "Chercher" }).click();
    await framed.getByRole("heading", { level: 1 }).filter({ hasText: "Nantes" }).waitFor();
    const link = framed.locator(".result-name a").first();
    const [popup] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
    await popup.waitForLoadState();
    expect(await popup.evaluate(() => window.opener)).toBeNull();
    expect(new URL(popup.url()).origin).toBe(node.origin);
    expect(await popup.evaluate(() => window.origin), "no sandbox is left").toBe(node.origin);
    await close();
  });

  it("no other page of ours is shown", async () => {
    const { page } = await visitOther({
      html: html(`<iframe title="Trouver" src="${node.origin}/fr/services"></iframe>`),
    });
    await expect.poll(() => page.frames().at(1)?.url()).toBe("chrome-error://chromewebdata/");
    await page.context().close();
  });
});

const state = (element: Element) => (element as HTMLElementTagNameMap["find-a-hoster"]).state;

/** Chromium tells of requests that fail by itself, whoever made them. */
const isOfTheBrowser = (text: string) => text.startsWith("Failed to load resource");

/** As a browser reads it out of a textarea. */
function unescaped(code: string): string {
  const marks: Record<string, string> = {
    "#60": "<",
    "#62": ">",
    "#34": '"',
    "#38": "&",
    "#39": "'",
    lt: "<",
    gt: ">",
    quot: '"',
    amp: "&",
  };
  return code.replace(/&(#\d+|\w+);/g, (whole, name) => marks[name] ?? whole);
}
