/** A classic script knows who it is only while it runs; a module of the same file is found by its address. */
const OWN_FILE = /^\/widget(-[\w.-]+)?\.js$/;

let ownScript = "";

/** Remembers where the running script came from. Called once, while it runs. */
export function rememberOrigin(): void {
  const running = document.currentScript;
  const scripts = running ? [running] : [...document.scripts];
  const addresses = scripts.map((script) => (script instanceof HTMLScriptElement ? script.src : ""));
  ownScript = addresses.find(isOurs) ?? "";
}

/** The origin of the node that an element asks: the one it names, else the script's own. */
export function nodeOf(named: string | null): string | null {
  const address = named || ownScript;
  try {
    const { origin, protocol } = new URL(address);
    return protocol === "https:" || protocol === "http:" ? origin : null;
  } catch {
    return null;
  }
}

function isOurs(address: string): boolean {
  try {
    return OWN_FILE.test(new URL(address).pathname);
  } catch {
    return false;
  }
}
