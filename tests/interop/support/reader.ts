/** A Fedify server with one actor on it, who follows and reads. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  createFederation,
  type Federation,
  generateCryptoKeyPair,
  getDocumentLoader,
  MemoryKvStore,
} from "@fedify/fedify";
import {
  Activity,
  type Actor,
  type Application,
  Endpoints,
  Follow,
  type Person,
  Undo,
} from "@fedify/fedify/vocab";
import { type Exchange, exchangesDuring, listen } from "./internet.ts";
import type { SignedPost } from "./verifiers.ts";

/** An activity whose signature Fedify has verified, and the request that brought it. */
export interface Delivery {
  activity: Activity;
  json: Record<string, unknown>;
  post: SignedPost;
  at: number;
}

/** A post to the inbox, and what became of it. */
interface Arrival {
  post: SignedPost;
  at: number;
  activity?: Activity;
  answer?: string;
}

export interface ReaderOptions {
  type: typeof Person | typeof Application;
  /** The standard it signs by first; refused, it tries the other. */
  signsFirst: Exclude<Exchange["signed"], "not">;
}

/** Each request carries its own arrival, in which the inbox listener notes what it heard. */
type ListeningFederation = Federation<Arrival | undefined>;

export class Reader {
  readonly name: string;
  readonly origin: string;
  readonly #server: Server;
  readonly #federation: ListeningFederation;
  readonly #arrivals: Arrival[] = [];
  #arrived = () => {};
  #deeds = 0;

  /** A server at `http://<name>.localhost:<a free port>`. */
  static async start(name: string, { type, signsFirst }: ReaderOptions): Promise<Reader> {
    const keyPairs = [
      await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
      await generateCryptoKeyPair("Ed25519"),
    ];
    const federation = createFederation<Arrival | undefined>({
      kv: new MemoryKvStore(),
      // As Fedify's own, but without a cache: what changed is read as it is now.
      documentLoaderFactory: getDocumentLoader,
      firstKnock: signsFirst === "cavage" ? "draft-cavage-http-signatures-12" : "rfc9421",
    });
    federation
      .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
        if (identifier !== name) return null;
        const keys = await context.getActorKeyPairs(name);
        return new type({
          id: context.getActorUri(name),
          preferredUsername: name,
          inbox: context.getInboxUri(name),
          endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
          publicKey: keys[0]?.cryptographicKey ?? null,
          assertionMethods: keys.map((key) => key.multikey),
        });
      })
      .setKeyPairsDispatcher(() => keyPairs);
    federation.setInboxListeners("/users/{identifier}/inbox", "/inbox").on(Activity, ({ data }, activity) => {
      if (data) data.activity = activity;
    });
    const server = createServer();
    const reader = new Reader(name, await listen(server), server, federation);
    server.on("request", (request, response) => reader.#serve(request, response));
    return reader;
  }

  private constructor(name: string, port: number, server: Server, federation: ListeningFederation) {
    this.name = name;
    this.origin = `http://${name}.localhost:${port}`;
    this.#server = server;
    this.#federation = federation;
  }

  get context() {
    return this.#federation.createContext(new URL(this.origin), undefined);
  }

  get id(): URL {
    return this.context.getActorUri(this.name);
  }

  /** A request to follow, with an id of its own. */
  asks(whom: Actor): Follow {
    return new Follow({ id: this.#activityId(), actor: this.id, object: whom.id, to: whom.id });
  }

  undoes(follow: Follow): Undo {
    return new Undo({ id: this.#activityId(), actor: this.id, object: follow, to: follow.objectId });
  }

  /** Sends it as Fedify does, and says how often it had to knock. A refusal is an error. */
  async sends(activity: Activity, to: Actor): Promise<Exchange[]> {
    const exchanges = await exchangesDuring(() =>
      this.context.sendActivity({ identifier: this.name }, to, activity),
    );
    return exchanges.filter(({ method }) => method === "POST");
  }

  /** The RSA key of the actor, to sign by hand. */
  async key() {
    const [key] = await this.context.getActorKeyPairs(this.name);
    if (!key) throw new Error("the first key pair is made at the start");
    return { id: key.keyId, privateKey: key.privateKey };
  }

  /** What arrived next: in order, one by one, so that nothing can come unseen between two of them. */
  async next(milliseconds: number): Promise<Delivery> {
    if (!this.#arrivals.length) await this.#arrival(milliseconds);
    const { activity, answer, post, at } = this.#arrivals.shift() as Arrival;
    const text = post.body.toString();
    if (!activity) throw new Error(`${this.name}'s Fedify did not hear it and answered ${answer}: ${text}`);
    return { activity, json: JSON.parse(text), post, at };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #activityId = () => new URL(`/activities/${++this.#deeds}`, this.origin);

  #arrival(milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`nothing came to ${this.name} within ${milliseconds / 1000} s`));
      const patience = setTimeout(late, milliseconds);
      this.#arrived = () => {
        clearTimeout(patience);
        resolve();
      };
    });
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = incoming;
    const headers = incoming.headers as Record<string, string>;
    const body = Buffer.concat(await incoming.toArray());
    const request = new Request(new URL(url, this.origin), {
      method,
      headers,
      ...(method === "POST" && { body }),
    });
    const arrival: Arrival = { post: { method, url, headers, body }, at: performance.now() };
    const response = await this.#federation.fetch(request, { contextData: arrival });
    const answer = await response.text();
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(answer);
    if (method !== "POST") return;
    arrival.answer = `${response.status} ${answer}`;
    this.#arrivals.push(arrival);
    this.#arrived();
  }
}
