/**
 * What others say of a signed request, each as its own software asks it:
 * Fedify, and the packages that PeerTube and Misskey wrote and verify with.
 */
import { createHash } from "node:crypto";
import { verifyRequest } from "@fedify/fedify";
import {
  parseRequestSignature,
  verifyDigestHeader,
  verifyDraftSignature,
} from "@misskey-dev/node-http-message-signatures";
import httpSignature from "@peertube/http-signature";

/** A POST as it came over the wire. */
export interface SignedPost {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer<ArrayBuffer>;
}

export type Verdicts = Record<"fedify" | "misskey" | "peertube", string>;

export const ALL_ACCEPT: Verdicts = { fedify: "accepted", misskey: "accepted", peertube: "accepted" };

/** What Mastodon wants covered (federation documentation, "Security"), and PeerTube asks of a POST. */
const COVERED = ["(request-target)", "host", "date", "digest"];
/** PeerTube's; seconds. */
const CLOCK_SKEW = 1800;

/** The word of each on a cavage signature: "accepted", or why not. */
export async function verdicts(post: SignedPost): Promise<Verdicts> {
  const publicKey = await publicKeyOf(post);
  return {
    fedify: await verdict(() => fedify(post)),
    misskey: await verdict(() => misskey(post, publicKey)),
    peertube: await verdict(() => peertube(post, publicKey)),
  };
}

async function verdict(ask: () => boolean | Promise<boolean>): Promise<string> {
  try {
    return (await ask()) ? "accepted" : "refused";
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

async function fedify(post: SignedPost): Promise<boolean> {
  return (await verifyRequest(asRequest(post))) !== null;
}

async function misskey(post: SignedPost, publicKey: string): Promise<boolean> {
  if (!(await verifyDigestHeader(incoming(post), post.body))) return false;
  const options = { requiredComponents: { draft: COVERED }, clockSkew: { delay: CLOCK_SKEW * 1000 } };
  const parsed = parseRequestSignature(incoming(post), options);
  return parsed.version === "draft" && verifyDraftSignature(parsed.value, publicKey);
}

function peertube(post: SignedPost, publicKey: string): boolean {
  const parsed = httpSignature.parseRequest(incoming(post), { headers: COVERED, clockSkew: CLOCK_SKEW });
  const digest = `SHA-256=${createHash("sha256").update(post.body).digest("base64")}`;
  return httpSignature.verifySignature(parsed, publicKey) && post.headers.digest === digest;
}

/** The post as Fedify and fetch know it. */
export function asRequest({ method, url, headers, body }: SignedPost): Request {
  return new Request(new URL(url, `http://${headers.host}`), { method, headers, body });
}

/** The post as Node.js hands it to a server. */
const incoming = ({ method, url, headers }: SignedPost) => ({ method, url, headers: { ...headers } });

/** The key that the signature names, from the document it stands in. */
async function publicKeyOf({ headers }: SignedPost): Promise<string> {
  const keyId = /keyId="([^"]+)"/i.exec(headers.signature ?? "")?.[1];
  if (!keyId) throw new Error(`no keyId in the signature ${headers.signature}`);
  const response = await fetch(keyId, { headers: { accept: "application/activity+json" } });
  const document = (await response.json()) as { publicKey?: { id?: string; publicKeyPem?: string } };
  if (document.publicKey?.id !== keyId)
    throw new Error(`${keyId} is not the key of the document it stands in`);
  return document.publicKey.publicKeyPem ?? "";
}
