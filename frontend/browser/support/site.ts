import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A hoster's site on loopback, with a slip in one of its files and a service that answers. */
export interface Site {
  /** `http://pads.localhost:<port>/` */
  home: string;
  close(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const text = files(`http://${request.headers.host}/`)[request.url ?? ""];
    response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/plain; charset=utf-8" });
    response.end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    home: `http://pads.localhost:${port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function files(home: string): Record<string, string> {
  return {
    "/.well-known/chatonsinfos/organization.properties": [
      "file.class = organization",
      "organization.name = Les pads de Lyon",
      `organization.website = ${home}`,
      "organization.country.code = ZZZ",
      `subs.pads = ${home}pads.properties`,
    ].join("\n"),
    "/pads.properties": [
      "file.class = service",
      "service.name = Nos pads",
      `service.website = ${home}pad`,
      "service.registration = None",
      "software.name = Etherpad",
    ].join("\n"),
    "/pad": "A pad.",
  };
}
