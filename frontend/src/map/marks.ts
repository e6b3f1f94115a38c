/** Marks as elements, the same as the node draws them (`src/web/chart/map.rs`). */
import type { Mark } from "./ports";

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 16;
const LABEL_LINE = 30;
/** About how wide a letter of a label is. */
const LETTER = 6.5;
const LONGEST_LABEL = 16;

/**
 * Puts marks into their layer. Elements of marks that stay are kept, so that whoever has one of them focused keeps the
 * focus while the map moves. Answers the elements in the order of the marks.
 */
export function drawn(
  layer: SVGGElement,
  marks: Mark[],
  chosen: string,
  counted: (n: number) => string,
): SVGAElement[] {
  const known = new Map([...layer.querySelectorAll<SVGAElement>("a")].map((link) => [keyOf(link), link]));
  const labelled: [number, number, number][] = [];
  const kept = marks.map((mark) => {
    const link = known.get(key(mark)) ?? made(mark, counted);
    link.setAttribute("transform", `translate(${Math.round(mark.x)} ${Math.round(mark.y)})`);
    if ("port" in mark) {
      link.classList.toggle("is-chosen", mark.port.id === chosen);
      const half = (shortened(mark.port.name).length * LETTER) / 2;
      const hasRoom =
        labelled.every(([x, y, other]) => Math.abs(x - mark.x) > half + other || Math.abs(y - mark.y) > 16) &&
        marks.every((other) => other === mark || isClear(other, mark, half));
      link.querySelector("text")?.classList.toggle("lesser", !hasRoom);
      if (hasRoom) labelled.push([mark.x, mark.y, half]);
    }
    return link;
  });
  const stays = new Set<Element>(kept);
  for (const link of layer.querySelectorAll("a")) if (!stays.has(link)) link.remove();
  for (const link of kept) if (link.parentNode !== layer) layer.append(link);
  return kept;
}

/** Whether another mark's circle lies off the label below a mark. */
const isClear = (other: Mark, { x, y }: Mark, half: number) =>
  Math.abs(other.x - x) > half + RADIUS || Math.abs(other.y - (y + LABEL_LINE - 4)) > RADIUS + 8;

const key = (mark: Mark) => ("port" in mark ? `m-${mark.port.id}` : `n-${mark.cluster}`);

const keyOf = (link: SVGAElement) => link.id || `n-${link.getAttribute("data-cluster")}`;

function made(mark: Mark, counted: (n: number) => string): SVGAElement {
  if ("port" in mark) {
    const { id, name, town } = mark.port;
    const link = element("a", {
      id: `m-${id}`,
      class: "port",
      href: `#h-${id}`,
      "aria-label": town ? `${name}, ${town}` : name,
    });
    const label = element("text", { y: LABEL_LINE });
    label.textContent = shortened(name);
    const isle = element("use", { href: `#i-${id}`, x: -100, y: -100, transform: "scale(.14)" });
    link.append(element("circle", { r: RADIUS }), isle, label);
    return link;
  }
  const link = element("a", {
    class: "many",
    href: "#hosters",
    "data-cluster": mark.cluster,
    "aria-label": counted(mark.count),
  });
  const count = element("text", { y: 5 });
  count.textContent = String(mark.count);
  link.append(element("circle", { r: RADIUS + 1 }), count);
  return link;
}

/** A name without what is in brackets, in whole words. */
function shortened(name: string): string {
  const plain = (name.split(" (")[0] ?? name).trim();
  if (plain.length <= LONGEST_LABEL) return plain;
  const start = plain.slice(0, LONGEST_LABEL - 1);
  return `${start.includes(" ") ? start.slice(0, start.lastIndexOf(" ")) : start}…`;
}

function element<Name extends "a" | "circle" | "text" | "use">(
  name: Name,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  return made;
}
