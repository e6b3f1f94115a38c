import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { bringAxe } from "./axe";

/** Debian's Chromium; the switches keep it from asking anything of anybody but the node. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox", // the tests may run as root, where Chromium's sandbox refuses to start
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page in a fresh profile, and what it did that no page of ours may do. */
export interface Visit {
  page: Page;
  /** Opens a path of the node; any status but the expected one is a failure. */
  open(path: string, status?: number): Promise<void>;
  /** No request to anybody else, no cookie, nothing wrong in the console. */
  assertQuiet(): Promise<void>;
  close(): Promise<void>;
}

export type VisitOptions = BrowserContextOptions & { axe?: boolean };

export async function visit(browser: Browser, origin: string, options: VisitOptions = {}): Promise<Visit> {
  const { axe, ...contextOptions } = options;
  const context = await browser.newContext({ locale: "fr-FR", ...contextOptions });
  context.setDefaultTimeout(10_000);
  if (axe) await bringAxe(context);
  const page = await context.newPage();

  const elsewhere: string[] = [];
  const complaints: string[] = [];
  const refused = new Set<string>(); // pages that help on after a mistake, which the console reports too
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) elsewhere.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error" && !refused.has(message.location().url)) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));

  return {
    page,
    async open(path, status = 200) {
      if (status >= 400) refused.add(origin + path);
      const response = await page.goto(origin + path);
      expect(response?.status(), path).toBe(status);
    },
    async assertQuiet() {
      expect(elsewhere, "requests that left the node").toEqual([]);
      expect(await context.cookies(), "cookies").toEqual([]);
      expect(complaints, "errors in the console").toEqual([]);
    },
    close: () => context.close(),
  };
}

/** How many pixels the page can be scrolled sideways. */
export function widthBeyondTheScreen(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement ?? document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** Shows what a page keeps folded away; of the facets, which open one at a time, the last. */
export async function openAllDetails(page: Page): Promise<void> {
  await page.locator("details").evaluateAll((all) => {
    for (const details of all as HTMLDetailsElement[]) details.open = true;
  });
}
