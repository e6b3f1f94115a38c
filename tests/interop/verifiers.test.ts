/** The judges are judged: they accept what Fedify signed and refuse what was changed since. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Application, Follow, Person } from "@fedify/fedify/vocab";
import { askedOutside } from "./support/internet.ts";
import { Reader } from "./support/reader.ts";
import { ALL_ACCEPT, type SignedPost, verdicts } from "./support/verifiers.ts";

/** Far more than it takes on a busy machine. */
const SOON_MS = 60_000;

describe("between two Fedify servers", () => {
  let alice: Reader;
  let bob: Reader;
  before(async () => {
    alice = await Reader.start("alice", { type: Person, signsFirst: "cavage" });
    bob = await Reader.start("bob", { type: Application, signsFirst: "rfc9421" });
  });
  after(async () => {
    await Promise.all([alice.stop(), bob.stop()]);
    assert.deepEqual(askedOutside(), []);
  });

  /** `who` asks to follow `whom`, whose server hears it. */
  async function follow(who: Reader, whom: Reader) {
    const actor = await who.context.lookupObject(`acct:${whom.name}@${new URL(whom.origin).host}`);
    assert.ok(actor instanceof Person || actor instanceof Application);
    const knocks = await who.sends(who.asks(actor), actor);
    const { activity, post } = await whom.next(SOON_MS);
    assert.ok(activity instanceof Follow);
    assert.deepEqual(activity.actorId, who.id);
    return { knocks, post };
  }

  it("a follow signed by either standard is taken at the first knock", async () => {
    const inbox = (whom: Reader) => whom.context.getInboxUri(whom.name).href;
    const taken = (signed: string, url: string) => [{ method: "POST", url, signed, status: 202 }];
    assert.deepEqual((await follow(alice, bob)).knocks, taken("cavage", inbox(bob)));
    assert.deepEqual((await follow(bob, alice)).knocks, taken("rfc9421", inbox(alice)));
  });

  it("every verifier accepts a cavage signature as it was sent", async () => {
    const { post } = await follow(alice, bob);
    assert.deepEqual(await verdicts(post), ALL_ACCEPT);
  });

  it("every verifier refuses it once anything it covers was changed", async () => {
    const { post } = await follow(alice, bob);
    const body = Buffer.from(post.body.toString().replace("Follow", "Reject"));
    const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
    const headers = (changed: object) => ({ ...post, headers: { ...post.headers, ...changed } });
    const date = new Date(Date.parse(post.headers.date ?? "") + 1000).toUTCString();
    const { signature = "" } = post.headers;
    const otherLetter = (_: string, first: string) => `signature="${first === "A" ? "B" : "A"}`;
    const forged: Record<string, SignedPost> = {
      "the body": { ...post, body },
      "the body and its digest": { ...headers({ digest }), body },
      "the path": { ...post, url: "/inbox?" },
      "the date": headers({ date }),
      "the host": headers({ host: new URL(alice.origin).host }),
      "the signature": headers({ signature: signature.replace(/signature="(.)/, otherLetter) }),
    };
    for (const [what, changed] of Object.entries(forged)) {
      for (const [who, verdict] of Object.entries(await verdicts(changed))) {
        assert.match(verdict, /^refused/, `${who}, ${what} changed`);
      }
    }
  });
});
