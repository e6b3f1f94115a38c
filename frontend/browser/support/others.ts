import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page of somebody else's site. */
export interface OtherPage {
  html: string;
  /** Its content security policy; none, as on most sites. */
  policy?: string;
}

/** Somebody else's site on another port. */
export interface OtherSite {
  /** Puts a page at `/`. */
  show(page: OtherPage): void;
  origin: string;
  close(): Promise<void>;
}

export async function startOtherSite(): Promise<OtherSite> {
  let page: OtherPage = { html: "" };
  const server = createServer((request, response) => {
    if (request.url !== "/") {
      response.writeHead(204).end();
      return;
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (page.policy) response.setHeader("content-security-policy", page.policy);
    response.end(page.html);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    show(next) {
      page = next;
    },
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A whole page in French, quiet but for what is put into it. */
export function html(body: string, head = ""): string {
  return `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nous fermons</title>${head}</head><body><main><h1>Nous fermons</h1>${body}</main></body></html>`;
}
