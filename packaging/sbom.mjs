// What is compiled into the program, as one CycloneDX 1.5 document: the crates of its target, macros left out, and the packages
// of npm whose modules are in the scripts of the pages. The same for the same commit.
//
//   node packaging/sbom.mjs OUT.json [TARGET]
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const FRONTEND = join(ROOT, "frontend");
/** Packages whose data, not code, are drawn into a picture (build/land.ts). */
const DATA = ["world-atlas"];

const [named, target = "x86_64-unknown-linux-gnu"] = process.argv.slice(2);
if (!named) throw new Error("usage: node packaging/sbom.mjs OUT.json [TARGET]");
const out = resolve(named);

function run(program, ...words) {
  return execFileSync(program, words, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28 }).trim();
}

/** The program and the crates in it, each with those it needs itself. */
function crates() {
  const metadata = ["metadata", "--format-version", "1", "--locked", "--filter-platform", target];
  const { packages, resolve: graph } = JSON.parse(run("cargo", ...metadata));
  const known = new Map(packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const isMacro = ({ targets }) => targets.some(({ kind }) => kind.includes("proc-macro"));
  const needed = (id) => {
    const normal = nodes.get(id).deps.filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null));
    return normal.map(({ pkg }) => pkg).filter((dep) => !isMacro(known.get(dep)));
  };
  const reached = new Set([graph.root]);
  for (const id of reached) for (const dep of needed(id)) reached.add(dep);
  const sums = checksums();
  const purl = ({ name, version }) => `pkg:cargo/${name}@${version}`;
  return [...reached].map((id) => {
    const crate = known.get(id);
    const sum = sums.get(purl(crate));
    return {
      component: {
        type: id === graph.root ? "application" : "library",
        "bom-ref": purl(crate),
        name: crate.name,
        version: crate.version,
        ...(crate.description && { description: crate.description.trim() }),
        ...(sum && { hashes: [{ alg: "SHA-256", content: sum }] }),
        // Old crates write a stroke for "or".
        ...(crate.license && { licenses: [{ expression: crate.license.replaceAll(/ *\/ */g, " OR ") }] }),
        purl: purl(crate),
      },
      dependsOn: needed(id).map((dep) => purl(known.get(dep))),
    };
  });
}

/** The sum of each crate's file, by its address. */
function checksums() {
  const lock = readFileSync(join(ROOT, "Cargo.lock"), "utf8");
  const found = lock.matchAll(/name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"/g);
  return new Map([...found].map(([, name, version, sum]) => [`pkg:cargo/${name}@${version}`, sum]));
}

/** The packages whose modules stand in what Vite makes, asked of Vite itself. */
async function scripts() {
  const { build } = await import(createRequire(join(FRONTEND, "package.json")).resolve("vite"));
  process.chdir(FRONTEND);
  const quiet = { logLevel: "error", build: { write: false } };
  const site = await build({ ...quiet, configFile: join(FRONTEND, "vite.config.ts") });
  const widget = await build({ ...quiet, configFile: join(FRONTEND, "widget/vite.config.ts"), mode: "script" });
  const modules = [site, widget].flat().flatMap(({ output }) => output.flatMap((file) => file.moduleIds ?? []));
  if (modules.length === 0) throw new Error("Vite names no modules");
  const names = modules.map((id) => id.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  const lock = JSON.parse(readFileSync(join(FRONTEND, "package-lock.json"), "utf8"));
  return [...new Set([...names.filter(Boolean), ...DATA])].map((name) => {
    const { version, license, integrity } = lock.packages[`node_modules/${name}`];
    const [algorithm, digest] = integrity.split("-");
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return {
      type: DATA.includes(name) ? "data" : "library",
      "bom-ref": purl,
      name,
      version,
      hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(digest, "base64").toString("hex") }],
      licenses: [{ expression: license }],
      purl,
    };
  });
}

const byReference = (one, other) => (one["bom-ref"] < other["bom-ref"] ? -1 : 1);
const [program, ...rest] = crates();
const packages = await scripts();
const components = [...rest.map(({ component }) => component), ...packages].sort(byReference);
const dependencies = [program, ...rest].map(({ component, dependsOn }) => ({ ref: component.purl, dependsOn: [...new Set(dependsOn)].sort() }));
dependencies[0].dependsOn.push(...packages.map(({ purl }) => purl));
const committed = process.env.SOURCE_DATE_EPOCH ?? run("git", "log", "-1", "--format=%ct");
const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: { timestamp: new Date(Number(committed) * 1000).toISOString(), component: program.component },
  components,
  dependencies,
};
writeFileSync(out, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${components.length} components, ${packages.length} of them of npm: ${packages.map(({ name }) => name).join(", ")}`);
