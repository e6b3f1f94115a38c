// What is compiled into the program, as one CycloneDX document: the crates as cargo-cyclonedx lists them, and the packages
// of npm whose modules are in the scripts of the pages.
//
//   node packaging/sbom.mjs CRATES.json OUT.json
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const FRONTEND = join(import.meta.dirname, "../frontend");
/** Packages whose data, not code, are drawn into a picture (build/land.ts). */
const DATA = ["world-atlas"];

const [crates, out] = process.argv.slice(2);
if (!out) throw new Error("usage: node packaging/sbom.mjs CRATES.json OUT.json");

/** The packages whose modules stand in what Vite makes, asked of Vite itself. */
async function bundled() {
  const { build } = await import(createRequire(join(FRONTEND, "package.json")).resolve("vite"));
  process.chdir(FRONTEND);
  const quiet = { logLevel: "error", build: { write: false } };
  const site = await build({ ...quiet, configFile: join(FRONTEND, "vite.config.ts") });
  const widget = await build({ ...quiet, configFile: join(FRONTEND, "widget/vite.config.ts"), mode: "script" });
  const modules = [site, widget].flat().flatMap(({ output }) => output.flatMap((file) => file.moduleIds ?? []));
  if (modules.length === 0) throw new Error("Vite names no modules");
  const names = modules.map((id) => id.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set([...names.filter(Boolean), ...DATA])].sort();
}

function component(name) {
  const { version, license, description } = JSON.parse(readFileSync(join(FRONTEND, "node_modules", name, "package.json"), "utf8"));
  const [algorithm, digest] = lock.packages[`node_modules/${name}`].integrity.split("-");
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    type: DATA.includes(name) ? "data" : "library",
    "bom-ref": purl,
    name,
    version,
    description,
    scope: "required",
    hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(digest, "base64").toString("hex") }],
    licenses: [{ license: { id: license } }],
    purl,
  };
}

const lock = JSON.parse(readFileSync(join(FRONTEND, "package-lock.json"), "utf8"));
const bom = JSON.parse(readFileSync(crates, "utf8"));
const target = resolve(out);
const scripts = (await bundled()).map(component);
bom.components.push(...scripts);
const program = bom.metadata.component["bom-ref"];
bom.dependencies.find(({ ref }) => ref === program).dependsOn.push(...scripts.map(({ purl }) => purl));
bom.dependencies.push(...scripts.map(({ purl }) => ({ ref: purl, dependsOn: [] })));
writeFileSync(target, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${bom.components.length} components, ${scripts.length} of them of npm: ${scripts.map(({ name }) => name).join(", ")}`);
