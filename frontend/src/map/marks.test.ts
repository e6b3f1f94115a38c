import { beforeEach, expect, it } from "vitest";
import { drawn } from "./marks";
import type { Mark } from "./ports";

const infini = { id: "infini", name: "Infini (association)", town: "Brest", latitude: 48.4, longitude: -4.5 };
const dot: Mark = { x: 100, y: 100, port: infini };
const number: Mark = { x: 300, y: 100, cluster: 7, count: 3 };
const counted = (n: number) => `${n} hosters`;

let layer: SVGGElement;
beforeEach(() => {
  document.body.innerHTML = `<svg><g><a class="many" href="?zoom=5"></a><a class="many" href="?zoom=6"></a></g></svg>`;
  layer = document.querySelector("g") as SVGGElement;
});

it("takes the place of what the node drew, with the same names", () => {
  drawn(layer, [dot, number], "", counted);
  const links = [...layer.querySelectorAll("a")];
  expect(links.map((link) => link.getAttribute("aria-label"))).toEqual([
    "Infini (association), Brest",
    "3 hosters",
  ]);
  expect(links[0]?.getAttribute("href")).toBe("#h-infini");
  expect(links[0]?.textContent).toBe("Infini");
});

it("keeps the element of a mark that only moves, so that nobody loses the focus", () => {
  drawn(layer, [dot], "", counted);
  const before = layer.querySelector("#m-infini");
  drawn(layer, [{ ...dot, x: 150 }], "infini", counted);
  const after = layer.querySelector("#m-infini");
  expect(after).toBe(before);
  expect(after?.getAttribute("transform")).toBe("translate(150 100)");
  expect(after?.classList.contains("is-chosen")).toBe(true);
});

it("hides a label that would lie on another mark", () => {
  drawn(layer, [dot, { x: 110, y: 130, cluster: 1, count: 2 }], "", counted);
  expect(layer.querySelector("#m-infini text")?.classList.contains("lesser")).toBe(true);
});
