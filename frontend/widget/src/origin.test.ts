import { beforeEach, expect, it } from "vitest";
import { nodeOf, rememberOrigin } from "./origin";

beforeEach(() => document.head.replaceChildren());

it.each([
  "https://node.example/widget.js",
  "https://node.example/widget-1.js",
  "https://node.example/widget-1.0.0-0123456789ab.js",
])("the node is where the script came from: %s", (src) => {
  load("https://cdn.example/jquery.js", src);
  expect(nodeOf(null)).toBe("https://node.example");
});

it.each(["https://node.example/widgets.js", "https://node.example/assets/widget.js", "", "widget"])(
  "another script is no node: %s",
  (src) => {
    load(src);
    expect(nodeOf(null)).toBeNull();
  },
);

it("the node that is named counts more, and only its origin", () => {
  load("https://node.example/widget.js");
  expect(nodeOf("https://other.example:8443/fr/?a=b")).toBe("https://other.example:8443");
  for (const wrong of ["other.example", "javascript:alert(1)", "ftp://other.example"])
    expect(nodeOf(wrong)).toBeNull();
});

/** As a module or a late script finds itself: by the addresses in the page. */
function load(...addresses: string[]): void {
  for (const address of addresses) {
    const script = document.createElement("script");
    script.type = "text/plain"; // nothing is fetched
    script.setAttribute("src", address);
    document.head.append(script);
  }
  rememberOrigin();
}
