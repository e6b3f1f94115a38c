import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type Response,
} from "playwright-core";
import { expect } from "vitest";
import { bringAxe } from "./axe";

/** Debian's, unless another is named. */
export const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";

/** They keep Chromium from asking anything of anybody but the node. */
export const SWITCHES = [
  "--no-sandbox", // the tests may run as root, where Chromium's sandbox refuses to start
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a page may take for what it is asked: far more than it should, for slow machines. */
export const PATIENCE_MS = 60_000;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: SWITCHES });
}

/** A page in a fresh profile, and what it did that no page of ours may do. */
export interface Visit {
  page: Page;
  /** Opens a path of the node; any status but the expected one is a failure. */
  open(path: string, status?: number): Promise<void>;
  /** Presses a button that sends a form, and waits for what it leads to. */
  send(button: Locator, status?: number): Promise<void>;
  /** No request to anybody else, no cookie, nothing wrong in the console. */
  assertQuiet(): Promise<void>;
  close(): Promise<void>;
}

export type VisitOptions = BrowserContextOptions & { axe?: boolean };

export async function visit(browser: Browser, origin: string, options: VisitOptions = {}): Promise<Visit> {
  const { axe, ...contextOptions } = options;
  const context = await browser.newContext({ locale: "fr-FR", ...contextOptions });
  context.setDefaultTimeout(PATIENCE_MS);
  if (axe) await bringAxe(context);
  const page = await context.newPage();

  const elsewhere: string[] = [];
  const complaints: { text: string; url: string }[] = [];
  const refused = new Set<string>(); // pages that help on after a mistake, which the console reports too
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) elsewhere.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push({ text: message.text(), url: message.location().url });
  });
  page.on("pageerror", (error) => complaints.push({ text: String(error), url: "" }));

  const expectStatus = (response: Response | null, status: number) => {
    if (status >= 400 && response) refused.add(response.url());
    expect(response?.status(), response?.url()).toBe(status);
  };

  return {
    page,
    async open(path, status = 200) {
      expectStatus(await page.goto(origin + path), status);
    },
    async send(button, status = 200) {
      const answered = page.waitForResponse(
        (response) => response.request().isNavigationRequest() && !isRedirect(response.status()),
      );
      await Promise.all([page.waitForEvent("load"), button.click()]);
      expectStatus(await answered, status);
    },
    async assertQuiet() {
      expect(elsewhere, "requests that left the node").toEqual([]);
      expect(await context.cookies(), "cookies").toEqual([]);
      const unexpected = complaints.filter(({ url }) => !refused.has(url));
      expect(unexpected, "errors in the console").toEqual([]);
    },
    close: () => context.close(),
  };
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
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
