/**
 * A hoster's node and Fedify, who share no code: found, followed, read, changed, left. `make interop` runs it.
 * It is one story: when several tests fail, the first is the one to look at.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { getNodeInfo, signRequest } from "@fedify/fedify";
import {
  Accept,
  type Activity,
  Application,
  Create,
  Delete,
  type Follow,
  Note,
  OrderedCollection,
  Organization,
  Person,
  PUBLIC_COLLECTION,
  Tombstone,
  Update,
} from "@fedify/fedify/vocab";
import { Hoster } from "./support/hoster.ts";
import { askedOutside } from "./support/internet.ts";
import { type Delivery, Reader } from "./support/reader.ts";
import { ALL_ACCEPT, verdicts } from "./support/verifiers.ts";

/** What was published has to be with every follower by then; what failed is tried again after half a minute. */
const PUBLISHED_MS = 60_000;
const POLL_MS = 50;

type Json = Record<string, unknown>;

const idOf = ({ id }: { id: URL | null }) => id?.href;

describe("a hoster's node, met by Fedify", () => {
  let hoster: Hoster;
  let organization: Organization;
  /** A person who signs as most of the fediverse does today. */
  let person: Reader;
  /** A directory, who signs by RFC 9421 first. It follows to the end. */
  let directory: Reader;
  /** The person's last Follow. */
  let personFollows: Follow;

  before(async () => {
    hoster = await Hoster.start();
    person = await Reader.start("person", { type: Person, signsFirst: "cavage" });
    directory = await Reader.start("directory", { type: Application, signsFirst: "rfc9421" });
  });

  let failed = false;
  afterEach((test) => {
    failed ||= "passed" in test && !test.passed;
  });

  after(async () => {
    if (failed) console.error(hoster?.log);
    await Promise.all([person?.stop(), directory?.stop()]);
    if (hoster) assert.equal(await hoster.stop(), 0, "exit code of a node that was asked to stop");
    assert.deepEqual(askedOutside(), [], "what Fedify needed beside our documents");
  });

  /** The next delivery, which must be of this type, from the hoster, and well signed for everybody. */
  async function next<T extends Activity>(reader: Reader, type: new (...args: never[]) => T) {
    const delivery = await reader.next(PUBLISHED_MS);
    assert.ok(delivery.activity instanceof type, `expected ${type.name}, came ${delivery.post.body}`);
    assert.deepEqual(delivery.activity.actorId, organization.id);
    assert.deepEqual(await verdicts(delivery.post), ALL_ACCEPT);
    return { ...delivery, activity: delivery.activity as T };
  }

  /** What both readers get after a command; the same for both. How soon, is printed. */
  async function published<T extends Activity>(type: new (...args: never[]) => T, ...command: string[]) {
    await hoster.runs("service", ...command);
    const told = performance.now();
    const deliveries = [await next(directory, type), await next(person, type)] as const;
    const late = deliveries.map(({ at }) => `${Math.round(at - told)} ms`);
    console.log(`${type.name}: ${late.join(" and ")} after the command`);
    assert.deepEqual(deliveries[0].json, deliveries[1].json);
    return deliveries[0];
  }

  function add(slug: string, name: string) {
    const what = ["--name", name, "--need", "pads", "--url", "https://pad.example.org/"];
    return ["add", slug, ...what, "--registration", "none", "--price", "free"];
  }

  async function accepted(reader: Reader, follow: Follow) {
    const { activity } = await next(reader, Accept);
    assert.deepEqual(activity.objectId, follow.id, "the Accept names the Follow");
  }

  /** A collection as Fedify walks it, page by page. */
  async function items(url: URL | null) {
    assert.ok(url);
    const collection = await directory.context.lookupObject(url);
    assert.ok(collection instanceof OrderedCollection, `${url} is an OrderedCollection`);
    const found = await Array.fromAsync(directory.context.traverseCollection(collection));
    assert.equal(collection.totalItems, found.length, `${url} holds as many as it says`);
    return found;
  }
  const followers = async () => (await items(organization.followersId)).map(idOf).sort();

  /** A document as it stands, without Fedify's reading of it. */
  async function get(url: URL | null) {
    assert.ok(url);
    const response = await fetch(url, { headers: { accept: "application/activity+json" } });
    return { status: response.status, document: (await response.json()) as Json };
  }

  it("is found by its address, as an organisation with name, inbox and key", async () => {
    const address = `acct:${hoster.username}@${new URL(hoster.origin).host}`;
    const webFinger = await person.context.lookupWebFinger(address);
    assert.equal(webFinger?.subject, address);
    const self = webFinger.links?.find(({ rel }) => rel === "self");
    assert.deepEqual([self?.type, self?.href], ["application/activity+json", `${hoster.origin}/ap/org`]);

    const found = await person.context.lookupObject(address);
    assert.ok(found instanceof Organization);
    organization = found;
    assert.equal(found.id?.href, `${hoster.origin}/ap/org`);
    assert.equal(found.name, "Hosteur Exemple");
    assert.equal(found.preferredUsername, hoster.username);
    assert.equal(found.inboxId?.href, `${hoster.origin}/ap/org/inbox`);
    assert.equal(found.endpoints?.sharedInbox?.href, `${hoster.origin}/ap/inbox`);
    const key = await found.getPublicKey();
    assert.equal(key?.id?.href, `${hoster.origin}/ap/org#main-key`);
    assert.deepEqual(key.ownerId, found.id);
    assert.equal(key.publicKey?.algorithm.name, "RSASSA-PKCS1-v1_5");
  });

  it("has its own actor, an application, at the server's address", async () => {
    const webFinger = await person.context.lookupWebFinger(new URL("/", hoster.origin));
    const server = webFinger?.links?.find(
      ({ rel }) => rel === "https://www.w3.org/ns/activitystreams#Service",
    );
    assert.equal(server?.href, `${hoster.origin}/ap/actor`);
    assert.ok((await person.context.lookupObject(server.href)) instanceof Application);
  });

  it("says what it is in NodeInfo 2.1", async () => {
    const info = await getNodeInfo(hoster.origin);
    assert.equal(info?.software.name, "archipelago");
    assert.deepEqual(info.protocols, ["activitypub"]);
    const raw = (await getNodeInfo(hoster.origin, { parse: "none" })) as Json;
    assert.equal(raw.version, "2.1");
  });

  it("takes a follow signed by cavage, and by RFC 9421, at the first knock, and accepts it", async () => {
    const url = organization.inboxId?.href;
    const takes = async (reader: Reader, signed: string) => {
      const follow = reader.asks(organization);
      const knocks = await reader.sends(follow, organization);
      assert.deepEqual(knocks, [{ method: "POST", url, signed, status: 202 }]);
      await accepted(reader, follow);
    };
    await takes(person, "cavage");
    await takes(directory, "rfc9421");
  });

  it("refuses a follow that is unsigned or was changed since it was signed, and accepts a repeated one", async () => {
    const { id, privateKey } = await person.key();
    for (const spec of ["draft-cavage-http-signatures-12", "rfc9421"] as const) {
      const follow = person.asks(organization);
      const body = JSON.stringify(await follow.toJsonLd());
      const headers = { "content-type": "application/activity+json" };
      const post = (content: string) =>
        new Request(organization.inboxId as URL, { method: "POST", headers, body: content });
      const signed = await signRequest(post(body), privateKey, id, { spec });
      const changed = new Request(post(body.replace("Follow", "Block")), { headers: signed.headers });

      assert.equal((await fetch(post(body))).status, 401, "unsigned");
      assert.equal((await fetch(changed)).status, 401, `changed after ${spec}`);
      assert.equal((await fetch(signed)).status, 202, `as it was signed by ${spec}`);
      await accepted(person, follow);
      personFollows = follow;
    }
  });

  let noteId: URL | null;
  /** The Note as it was first sent. */
  let created: Json;

  it("publishes a service as a Note that Fedify reads, and finds again by its id", async () => {
    const { activity, json } = await published(Create, ...add("pads", "Pads"));
    assert.deepEqual(activity.toIds, [PUBLIC_COLLECTION]);
    const note = await activity.getObject();
    assert.ok(note instanceof Note);
    assert.equal(note.name, "Pads");
    assert.match(String(note.content), /Pads/);
    assert.equal(new URL(String(note.url)).origin, hoster.origin);
    assert.deepEqual(note.attributionId, organization.id);

    created = json.object as Json;
    const record = created["archi:service"] as Json;
    assert.equal(record["archi:schema"], 1);
    assert.deepEqual(record["archi:needs"], ["pads"]);
    assert.equal(record["archi:endpoint"], "https://pad.example.org/");
    assert.equal(record["archi:registration"], "none");

    noteId = note.id;
    assert.equal(noteId?.href, `${hoster.origin}/ap/services/pads`);
    const { "@context": _, ...alone } = (await get(noteId)).document;
    assert.deepEqual(alone, created);
    const found = await person.context.lookupObject(noteId);
    assert.deepEqual(await found?.toJsonLd({ format: "expand" }), await note.toJsonLd({ format: "expand" }));
  });

  it("shows its activities, services and followers as collections that Fedify walks", async () => {
    const [create, ...older] = await items(organization.outboxId);
    assert.ok(create instanceof Create && !older.length, "the service is all that was published");
    assert.deepEqual(create.objectId, noteId);

    const { document } = await get(organization.id);
    const services = await items(new URL(String(document["archi:services"])));
    assert.deepEqual(services.map(idOf), [noteId?.href]);
    assert.deepEqual(await followers(), [directory.id.href, person.id.href].sort());
  });

  it("publishes a change of the service, then its closing, as Updates of the same Note", async () => {
    const service = ({ json }: Delivery) => {
      const { "archi:service": record, ...note } = json.object as Json;
      assert.equal(note.id, noteId?.href);
      assert.equal(note.published, created.published);
      assert.ok(String(note.updated) >= String(created.published), "a change has its time");
      return record as Json;
    };
    const full = service(await published(Update, "edit", "pads", "--full"));
    assert.equal((full["archi:room"] as Json)["archi:state"], "full");

    const dates = ["--on", "2027-06-30", "--export-until", "2027-06-30"];
    const closing = service(await published(Update, "close", "pads", ...dates))["archi:closing"] as Json;
    assert.match(String(closing["archi:ends"]), /^2027-06-30/);
    assert.match(String(closing["archi:exportUntil"]), /^2027-06-30/);
  });

  it("sends nothing more to whoever has left, and accepts them again", async () => {
    await person.sends(person.undoes(personFollows), organization);
    await until(async () => assert.deepEqual(await followers(), [directory.id.href]));

    await hoster.runs("service", ...add("notes", "Notes"));
    await next(directory, Create);
    // Deliveries to one inbox keep their order: had the Create been owed here too, it would come first.
    personFollows = person.asks(organization);
    await person.sends(personFollows, organization);
    await accepted(person, personFollows);
  });

  it("publishes the removal of a service as a Tombstone, and answers 410 in its place", async () => {
    const { activity } = await published(Delete, "remove", "pads");
    const tombstone = await activity.getObject();
    assert.ok(tombstone instanceof Tombstone);
    assert.deepEqual(tombstone.id, noteId);
    const gone = await get(noteId);
    assert.deepEqual([gone.status, gone.document.type], [410, "Tombstone"]);
    assert.equal(await person.context.lookupObject(noteId as URL), null);
  });
});

/** Asks again and again until it holds; what fails last is the error. */
async function until(holds: () => Promise<void>): Promise<void> {
  const due = performance.now() + PUBLISHED_MS;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (performance.now() > due) throw error;
    }
    await setTimeout(POLL_MS);
  }
}
