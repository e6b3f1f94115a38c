// What a node needs, by how many hosters it lists: docs/sizing.md. The shipped directory is repeated under other names, imported
// into SQLite and served.
//
//   node packaging/sizing.mjs PROGRAM [HOSTERS…]
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";

const QUESTIONS = ["/fr/", "/en/services?need=pads&near=Lyon", "/api/v1/search?q=visio%20Nantes", "/fr/map", "/en/about"];
const ROUNDS = 100;

const shipped = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/data/hosters.json"), "utf8"));
const [program, ...sizes] = process.argv.slice(2);
if (!program) throw new Error("usage: node packaging/sizing.mjs PROGRAM [HOSTERS…]");

/** The directory with so many hosters. */
function grown(count) {
  const hosters = Array.from({ length: count }, (_, at) => {
    const hoster = structuredClone(shipped.hosters[at % shipped.hosters.length]);
    const round = Math.floor(at / shipped.hosters.length);
    if (round === 0) return hoster;
    // A domain of its own: hosters of one domain are one.
    const site = (url) => url?.replace(/([^./]+)\.([a-z]+)(?=[/:]|$)/, `$1-$2-${round}.example`);
    const rename = (id) => `${id}-${round}`;
    return {
      ...hoster,
      id: rename(hoster.id),
      name: `${hoster.name} ${round}`,
      website: site(hoster.website) ?? null,
      services: hoster.services.map((service) => ({ ...service, id: rename(service.id), url: site(service.url) ?? null })),
    };
  });
  return { ...shipped, hosters };
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** How much memory a process has, and had at most, in bytes. */
function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kibibytes = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]);
  return { now: kibibytes("VmRSS") * 1024, most: kibibytes("VmHWM") * 1024 };
}

async function measure(count) {
  const home = mkdtempSync(join(tmpdir(), "sizing-"));
  const run = (...words) => execFileSync(resolve(program), words, { cwd: home, stdio: ["ignore", "pipe", "inherit"] });
  try {
    writeFileSync(join(home, "hosters.json"), JSON.stringify(grown(count)));
    let begun = performance.now();
    run("import", "archipelago", "hosters.json");
    const imported = performance.now() - begun;
    run("backup", "node.backup");
    const files = readdirSync(home).filter((name) => name.startsWith("archipelago.db"));
    const disk = files.reduce((sum, name) => sum + statSync(join(home, name)).size, 0);
    const backup = statSync(join(home, "node.backup")).size;

    begun = performance.now();
    const node = spawn(resolve(program), ["serve", "--listen", "127.0.0.1:0"], {
      cwd: home,
      env: { ...process.env, ARCHIPELAGO_DIRECTORY_LEAST_STANDING: "reported" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [said] = await node.stdout.take(1).toArray();
      const url = String(said).match(/http:\S+/)[0];
      const { total } = await (await fetch(`${url}/api/v1/services?limit=1`)).json();
      const started = performance.now() - begun;
      const idle = memory(node.pid).now;
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const question of QUESTIONS) await (await fetch(`${url}${question}`)).arrayBuffer();
      }
      const asked = memory(node.pid);
      const figures = [count, total, megabytes(idle), megabytes(asked.now), megabytes(asked.most), megabytes(disk), megabytes(backup)];
      console.log(`| ${[...figures, `${(imported / 1e3).toFixed(1)} s`, `${(started / 1e3).toFixed(2)} s`].join(" | ")} |`);
    } finally {
      node.kill("SIGTERM");
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

console.log("| hosters | services | memory after the start | after 500 requests | at most | database | backup | import | start |");
console.log("|---|---|---|---|---|---|---|---|---|");
for (const size of sizes.length > 0 ? sizes : [100, 1_000, 10_000]) await measure(Number(size));
