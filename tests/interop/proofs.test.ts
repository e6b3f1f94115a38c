/** Signed documents: what we sign verifies in Fedify, and Fedify signs what our tests verify. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { getDocumentLoader, importJwk, type KeyCache, signObject, verifyProof } from "@fedify/fedify";
import { DataIntegrityProof, Multikey, Note } from "@fedify/fedify/vocab";
import { askedOutside } from "./support/internet.ts";

/** The key of the test vectors of W3C and FEP-8b32, which all the world may sign with. */
const JWK = {
  kty: "OKP",
  crv: "Ed25519",
  x: "sA2Nk45_dz1RVlqtNqYj9TRPf10ZYPnPPo4SYg6igQ8",
  d: "yW756hDF5BTEcXI6_53nLDX6W3D66X6IMuysfS4rjtY",
};

const loader = getDocumentLoader();

type Json = Record<string, unknown>;

const fixture = async (name: string): Promise<Json> =>
  JSON.parse(
    await readFile(join(import.meta.dirname, `../../fixtures/activitypub/proof/${name}.json`), "utf8"),
  );

/** The proof of a document, as Fedify reads it. */
const proofOf = (document: Json): Promise<DataIntegrityProof> =>
  DataIntegrityProof.fromJsonLd(document.proof, { contextLoader: loader });

/** Whether Fedify finds a document to be signed by the key of the test vectors. */
async function isProven(document: Json): Promise<boolean> {
  const { d: _, ...jwk } = JWK;
  const publicKey = await importJwk(jwk, "public");
  const keyCache: KeyCache = {
    get: async (id) => new Multikey({ id, controller: id, publicKey }),
    set: async () => {},
  };
  const options = { keyCache, contextLoader: loader, documentLoader: loader };
  return (await verifyProof(document, await proofOf(document), options)) !== null;
}

describe("signed documents, between us and Fedify", () => {
  after(() => assert.deepEqual(askedOutside(), []));

  it("a vouch and its revocation verify as we sign them, and not once they were changed", async () => {
    for (const name of ["vouch", "revocation"]) {
      const signed = await fixture(name);
      assert.ok(await isProven(signed), name);
      assert.ok(!(await isProven({ ...signed, object: "https://other.example/" })), name);
    }
  });

  it("a note that our tests verify is signed by Fedify", async () => {
    const note = new Note({
      id: new URL("https://fedify.example/notes/1"),
      attribution: new URL("https://fedify.example/users/alice"),
      content: "Bonjour à tous",
    });
    const key = new URL("https://fedify.example/users/alice#ed25519-key");
    const { created } = await proofOf(await fixture("vouch"));
    assert.ok(created);
    const signed = await signObject(note, await importJwk(JWK, "private"), key, {
      contextLoader: loader,
      documentLoader: loader,
      created,
    });
    const document = await signed.toJsonLd({ contextLoader: loader });
    assert.deepEqual(document, await fixture("fedify"));
  });
});
