import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A real node with the demo's data and a database of its own, on a free port of loopback. */
export interface TestNode {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  origin: string;
  /** What its owner logs in with; empty for a node that was not founded. */
  token: string;
  /** Asks the node to stop, as systemd would, and answers its exit code; null if a signal killed it. */
  stop(): Promise<number | null>;
}

/** The first start fills the database; a debug build on a busy machine takes its time. */
const START_MS = 120_000;
/** Far more than the 15 s for which a node waits for requests under way. */
const STOP_MS = 60_000;

/** What the members of the collective agree to. */
const CHARTER =
  "Nous hébergeons près de chez nous, à taille humaine.\n\nNous disons ce qui change, et longtemps avant.\n";
/** A hoster of the demo, for which the collective vouches; its site says nothing of it. */
const MEMBERS = "picasoft.net, 2019-04-01, Picasoft\n";

/** Whose node it is; without one, it is the demo and nobody's. A collective's has the demo's data, too. */
export type Founded = "hoster" | "collective";

export async function startNode(kind?: Founded): Promise<TestNode> {
  const binary = process.env.ARCHIPELAGO_BIN;
  if (!binary) throw new Error("ARCHIPELAGO_BIN names no binary; `make test` builds one and sets it.");

  const folder = await mkdtemp(join(tmpdir(), "archipelago-browser-"));
  const database = `sqlite:${join(folder, "t.db")}`;
  const closed = ["--database-url", database, "--allow-net", "127.0.0.0/8"];
  // Its ids hold its port, which has to be known before it listens.
  const port = kind ? await freePort() : 0;
  const token = kind ? await found(binary, folder, closed, kind, port) : "";
  const demo = kind === "hoster" ? [] : ["--demo"];
  const serve = ["serve", ...demo, "--listen", `127.0.0.1:${port}`, ...closed];
  // Started in the temporary folder: an archipelago.toml of whoever runs the tests must not be read.
  // What the demo lists nobody has confirmed; who founds a node has to say that it is listed all the same.
  const env = { ...process.env, ...(kind && { ARCHIPELAGO_DIRECTORY_LEAST_STANDING: "reported" }) };
  const child = spawn(binary, serve, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = listen(child);
  // Whatever becomes of the tests, no node outlives them.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);

  const stop = async () => {
    child.kill("SIGTERM");
    const patience = setTimeout(kill, STOP_MS);
    const code = await ended;
    clearTimeout(patience);
    process.removeListener("exit", kill);
    await rm(folder, { recursive: true, force: true });
    return code;
  };

  try {
    return { origin: await said.address, token, stop };
  } catch (error) {
    await stop();
    throw new Error(`${binary}: ${(error as Error).message}\n${said.everything()}`);
  }
}

/** Founds a node as its owner does, and answers the token that is printed. */
async function found(binary: string, folder: string, flags: string[], kind: Founded, port: number) {
  const run = (...command: string[]) => promisify(execFile)(binary, [...command, ...flags], { cwd: folder });
  const domain = ["--domain", `http://asso.localhost:${port}`];
  const who = {
    hoster: ["--name", "L’Asso d’à côté", "--place", "Nantes"],
    collective: ["--name", "Le Collectif d’à côté"],
  };
  const { stdout } = await run("init", "--json", "--kind", kind, ...domain, ...who[kind]);
  if (kind === "collective") {
    await writeFile(join(folder, "charter.txt"), CHARTER);
    await run("member", "charter", "set", "charter.txt", "--version", "1");
    await writeFile(join(folder, "members.csv"), MEMBERS);
    await run("member", "import", "members.csv");
  }
  return JSON.parse(stdout).token as string;
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The address is the first on standard output; the rest is kept for when things go wrong. */
function listen(child: ChildProcess) {
  let output = "";
  let log = "";
  const address = new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no address after ${START_MS / 1000} s`)), START_MS);
    const settled = (settle: () => void) => {
      clearTimeout(late);
      settle();
    };
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      // What follows must have come too, else the port may be cut in two.
      const found = /http:\/\/127\.0\.0\.1:\d+(?=\D)/.exec(output);
      if (found) settled(() => resolve(found[0]));
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
    child.once("error", (error) => settled(() => reject(error)));
    child.once("close", (code) =>
      settled(() => reject(new Error(`ended with ${code} before it had an address`))),
    );
  });
  return { address, everything: () => output + log };
}
