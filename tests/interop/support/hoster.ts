/** The real binary as a hoster's node, in a folder of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./internet.ts";

const BINARY = process.env.ARCHIPELAGO_BIN ?? join(import.meta.dirname, "../../../target/debug/archipelago");

/** A debug build on a busy machine takes its time. */
const START_MS = 120_000;
/** Far more than the 15 s for which a node waits for requests under way. */
const STOP_MS = 60_000;

/** The readers are on loopback, where a node otherwise sends nothing. */
const LOOPBACK = ["--allow-net", "127.0.0.0/8"];

export class Hoster {
  /** `http://hoster.localhost:<port>` */
  readonly origin: string;
  readonly username = "asso";
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #said = "";

  /** Made by `archipelago init`, and serving. */
  static async start(): Promise<Hoster> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), "archipelago-interop-"));
    const hoster = new Hoster(`http://hoster.localhost:${port}`, folder);
    try {
      const who = ["--name", "Hosteur Exemple", "--place", "Nantes", "--username", hoster.username];
      await hoster.runs("init", "--kind", "hoster", "--domain", hoster.origin, ...who, ...LOOPBACK);
      await hoster.#serve(port);
      return hoster;
    } catch (error) {
      await hoster.stop();
      throw error;
    }
  }

  private constructor(origin: string, folder: string) {
    this.origin = origin;
    this.#folder = folder;
  }

  /** Runs a command of the binary beside the serving one, and answers what it said. */
  async runs(...command: string[]): Promise<string> {
    const whole = [...command, "--database-url", this.#database];
    const { stdout } = await promisify(execFile)(BINARY, whole, { cwd: this.#folder, timeout: START_MS });
    return stdout;
  }

  /** What the node said while it served. */
  get log(): string {
    return this.#said;
  }

  /** Asks the node to stop, as systemd would, and answers its exit code; null if a signal killed it. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    let code: number | null = null;
    if (child && child.exitCode === null && child.signalCode === null) {
      const patience = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      code = await new Promise((resolve) => {
        child.once("close", resolve);
        child.kill("SIGTERM");
      });
      clearTimeout(patience);
    }
    await rm(this.#folder, { recursive: true, force: true });
    return code;
  }

  get #database() {
    return `sqlite:${join(this.#folder, "t.db")}`;
  }

  async #serve(port: number): Promise<void> {
    const address = `127.0.0.1:${port}`;
    // The services of these tests name real sites.
    const quiet = ["serve", "--without", "crawler"];
    const command = [...quiet, "--listen", address, ...LOOPBACK, "--database-url", this.#database];
    const child = spawn(BINARY, command, { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    // Whatever becomes of the tests, no node outlives them.
    process.once("exit", () => child.kill("SIGKILL"));
    await this.#answers(child, address);
  }

  #answers(child: ChildProcess, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(late);
        reject(new Error(`${BINARY} ${why}\n${this.#said}`));
      };
      const late = setTimeout(() => fail(`had no address after ${START_MS / 1000} s`), START_MS);
      const hear = (chunk: Buffer) => {
        this.#said += chunk;
        if (!this.#said.includes(`http://${address}`)) return;
        clearTimeout(late);
        resolve();
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      child.once("error", ({ message }) => fail(message));
      child.once("close", (code) => fail(`ended with ${code} before it answered`));
    });
  }
}
