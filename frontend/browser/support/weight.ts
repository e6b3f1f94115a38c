import type { Request } from "playwright-core";
import type { Visit } from "./chromium";

/** A file that a page needed. */
export interface Transferred {
  /** Path and query. */
  name: string;
  /** As they came over the wire: compressed, with their head. */
  bytes: number;
}

/** What a page transfers when it is opened in a profile that has seen nothing yet. */
export async function weight({ page, open }: Visit, path: string): Promise<Transferred[]> {
  const requests: Request[] = [];
  page.on("request", (request) => requests.push(request));
  await open(path);
  // Chromium asks for the icon where nobody sees it; asked for again, it is seen.
  const icon = (await page.locator("link[rel=icon]").getAttribute("href")) ?? "";
  await Promise.all([
    page.waitForEvent("requestfinished", (request) => request.url().endsWith(icon)),
    page.evaluate((href) => fetch(href, { cache: "reload" }), icon),
  ]);
  return Promise.all(
    requests.map(async (request) => {
      const { pathname, search } = new URL(request.url());
      const { responseHeadersSize, responseBodySize } = await request.sizes();
      return { name: pathname + search, bytes: responseHeadersSize + responseBodySize };
    }),
  );
}
