/**
 * The internet of these tests: names under `.localhost`, and nothing else.
 *
 * Fedify runs as it comes, its guard against private addresses included: the guard is told that these names
 * are public, while connections go to loopback (which RFC 6761 §6.3 asks of any resolver, and not all do).
 * There is no TLS on it: Fedify asks WebFinger by https whatever it is told, so https becomes http here.
 */
import dns, { type LookupAddress, type LookupAllOptions, type LookupOptions } from "node:dns";
import { createServer, type Server } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, isIP } from "node:net";

/** What Fedify asked of another server, and the answer. */
export interface Exchange {
  method: string;
  url: string;
  signed: "cavage" | "rfc9421" | "not";
  status: number;
}

const exchanges: Exchange[] = [];
const strays: string[] = [];

/** What Fedify asked while `deed` was done. */
export async function exchangesDuring(deed: () => Promise<unknown>): Promise<Exchange[]> {
  const before = exchanges.length;
  await deed();
  return exchanges.slice(before);
}

/** What was asked of the real internet, and refused: a JSON-LD context that Fedify does not carry, say. */
export const askedOutside = (): readonly string[] => strays;

/** Listens on a port of loopback that is free. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A port nobody listens on. Whoever is started on it has to be told its own name before. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ours = (name: string) => name.endsWith(".localhost");

// Any public address does; nothing ever connects to it.
const PUBLIC: LookupAddress = { address: "198.41.0.4", family: 4 };
const LOOPBACK: LookupAddress = { address: "127.0.0.1", family: 4 };

dns.promises.lookup = (async (name: string, options?: LookupAllOptions) => {
  if (!ours(name)) throw new Error(`${name} is not on the internet of these tests`);
  return options?.all ? [PUBLIC] : PUBLIC;
}) as typeof dns.promises.lookup;

type Found = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

dns.lookup = ((name: string, options: LookupOptions, found: Found) => {
  if (!ours(name) && !isIP(name)) return found(new Error(`${name} is not on the internet of these tests`));
  if (options.all) return found(null, [LOOPBACK]);
  found(null, LOOPBACK.address, LOOPBACK.family);
}) as typeof dns.lookup;
syncBuiltinESMExports();

const fetchAsItIs = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const url = new URL(request.url);
  if (!ours(url.hostname)) {
    strays.push(url.href);
    throw new TypeError(`${url} is not on the internet of these tests`);
  }
  url.protocol = "http:";
  const response = await fetchAsItIs(request.url === url.href ? request : new Request(url, request));
  exchanges.push({
    method: request.method,
    url: url.href,
    signed: signatureOf(request),
    status: response.status,
  });
  return response;
};

function signatureOf({ headers }: Request): Exchange["signed"] {
  if (headers.has("signature-input")) return "rfc9421";
  return headers.has("signature") ? "cavage" : "not";
}
