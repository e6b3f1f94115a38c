/**
 * The map of `/map`: dragged, zoomed and read by keys where a script runs.
 *
 * The node has drawn it whole and every step is a link; this takes over the same elements. Dot and row are one thing: the
 * part of the address behind `#` names the hoster that is chosen, whichever of the two it was chosen by.
 */
import { select } from "d3-selection";
import { type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { drawn } from "./map/marks";
import { type Mark, Ports, project, readPorts, unproject } from "./map/ports";

/** The sizes and steps of `src/web/chart/map.rs`. */
const SIZE: Place = [640, 560];
const EARTH: Place = [16_384, 9_132];
const CLOSEST = 8;
const MIDDLE: Place = [SIZE[0] / 2, SIZE[1] / 2];
const LEAST = SIZE[0] / EARTH[0];
const MOST = LEAST * 2 ** CLOSEST;
const VIEW: [Place, Place] = [[0, 0], SIZE];
/** Whatever is in the middle is on the earth, or a little north or south of what is drawn. */
const WORLD: [Place, Place] = [
  [0, -EARTH[1] / 4],
  [EARTH[0], EARTH[1] * 1.25],
];
/** How far a key or an arrow moves, in units of the map. */
const PAN = 160;

type Way = "in" | "out" | "whole" | "north" | "south" | "west" | "east";
type Place = [number, number];

function takeOver(figure: HTMLElement, svg: SVGSVGElement): void {
  const earth = svg.querySelector(".earth") as SVGGElement;
  const layer = svg.querySelector(".marks") as SVGGElement;
  const said = document.querySelector<HTMLElement>("[data-said]");
  const ports = new Ports(readPorts(document));
  const buoy = layer.querySelector(".buoy");
  const [wholeX = 0, wholeY = 0, wholeZoom = 0] = (figure.dataset.whole ?? "").split(" ").map(Number);
  const whole = around([wholeX, wholeY], LEAST * 2 ** wholeZoom);
  let shown = transformOf(earth);
  const here = buoy ? shown.invert(positionOf(buoy)) : null;
  let chosen = "";
  /** Whose dot gets the focus as soon as it is there. */
  let awaited = "";

  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([LEAST, MOST])
    .extent(VIEW)
    .translateExtent(WORLD)
    // The page scrolls under wheel and finger as anywhere else; Ctrl and two fingers are for the map.
    .filter((event) => {
      if (event.type === "wheel") return event.ctrlKey;
      if (event.type.startsWith("touch")) return event.touches.length > 1;
      return !event.button;
    });
  const map = select(svg).call(behaviour);
  behaviour.transform(map, shown);
  behaviour.on("zoom", ({ transform }) => show(transform)).on("end", remember);
  show(shown);

  const frame = svg.parentElement as HTMLElement;
  frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
  figure.querySelector(".with-script")?.removeAttribute("hidden");
  figure.classList.add("is-live");

  function show(transform: ZoomTransform): void {
    shown = transform;
    earth.setAttribute("transform", `translate(${transform.x} ${transform.y})scale(${transform.k})`);
    const hadFocus = layer.contains(document.activeElement);
    const marks = seen(transform);
    const links = drawn(layer, marks, chosen, (n) => spoken(figure.dataset, n));
    const dot = awaited && document.getElementById(`m-${awaited}`);
    if (dot) {
      awaited = "";
      dot.focus({ preventScroll: true });
    } else if (hadFocus && !layer.contains(document.activeElement)) {
      // What was focused is no longer a mark of its own: the keys stay with the map.
      (links[nearestToTheMiddle(marks)] ?? svg).focus({ preventScroll: true });
    }
    if (buoy && here) {
      const [x, y] = transform.apply(here);
      buoy.setAttribute("transform", `translate(${Math.round(x)} ${Math.round(y)})`);
      layer.append(buoy);
    }
  }

  /** What is seen is part of the address, so that it can be shared and is there again after going back. */
  function remember(): void {
    history.replaceState(history.state, "", addressOf(shown) + location.hash);
    for (const link of figure.querySelectorAll<HTMLAnchorElement>("[data-way]")) {
      const target = targetOf(link.dataset.way as Way);
      const leadsOn = !isSame(target, shown);
      if (leadsOn) link.href = addressOf(target);
      else link.removeAttribute("href");
      link.ariaDisabled = leadsOn ? null : "true";
    }
    figure.querySelector(".outside")?.remove(); // said of the view as it was loaded
    const n = seen(shown).reduce((sum, mark) => sum + ("port" in mark ? 1 : mark.count), 0);
    if (said) said.textContent = spoken(said.dataset, n);
  }

  function seen(transform: ZoomTransform): Mark[] {
    return ports
      .at(transform.k)
      .map((mark) => moved(mark, transform))
      .filter(isSeen);
  }

  /** Never off the earth. */
  function to(transform: ZoomTransform): void {
    behaviour.transform(map, behaviour.constrain()(transform, VIEW, WORLD));
  }

  function targetOf(way: Way): ZoomTransform {
    const middle = shown.invert(MIDDLE);
    const target = {
      in: () => around(middle, shown.k * 2),
      out: () => around(middle, shown.k / 2),
      whole: () => whole,
      north: () => panned(shown, 0, PAN),
      south: () => panned(shown, 0, -PAN),
      west: () => panned(shown, PAN, 0),
      east: () => panned(shown, -PAN, 0),
    }[way]();
    return behaviour.constrain()(target, VIEW, WORLD);
  }

  /** The row and the dot of the hoster that the address names. */
  function choose(): void {
    const id = location.hash.replace(/^#[hm]-/, "");
    document.querySelector(".port-row.is-chosen")?.classList.remove("is-chosen");
    const port = ports.ports.find((port) => port.id === id);
    chosen = port?.id ?? "";
    if (!port) {
      show(shown);
      return;
    }
    document.getElementById(`h-${id}`)?.classList.add("is-chosen");
    const isAlone = (k: number) => ports.at(k).some((mark) => "port" in mark && mark.port === port);
    let k = shown.k;
    while (k < MOST && !isAlone(k)) k *= 2;
    const at = project(port.longitude, port.latitude);
    const isHidden = k !== shown.k || !isSeen({ ...xy(shown.apply(at)), port });
    if (isHidden) to(around(at, k));
    else show(shown);
  }

  addEventListener("hashchange", choose);
  if (location.hash) choose();

  figure.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a");
    if (!link || isForTheBrowser(event)) return;
    const way = link.dataset.way as Way | undefined;
    const cluster = link.getAttribute("data-cluster");
    if (!way && !cluster) return;
    event.preventDefault();
    if (way) to(targetOf(way));
    else to(around(shown.invert(positionOf(link)), ports.scaleThatParts(Number(cluster))));
  });
  // A row's own link to the map would load a page that is here already.
  document.querySelector(".ports")?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a.on-map");
    const row = link?.closest<HTMLElement>(".port-row");
    if (!row || isForTheBrowser(event as MouseEvent)) return;
    event.preventDefault();
    awaited = row.id.slice(2);
    if (location.hash === `#${row.id}`) choose();
    else location.hash = row.id;
    figure.scrollIntoView({ block: "nearest" });
  });
  figure.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || isForTheBrowser(event)) return;
    event.preventDefault();
    to(targetOf(way));
  });
}

const KEYS: Record<string, Way | undefined> = {
  ArrowUp: "north",
  ArrowDown: "south",
  ArrowLeft: "west",
  ArrowRight: "east",
  "+": "in",
  "=": "in",
  "-": "out",
  "0": "whole",
};

/** The transform that the node wrote: the corner of the earth, and its scale. */
function transformOf(earth: SVGGElement): ZoomTransform {
  const [x = 0, y = 0, k = 1] = numbers(earth);
  return zoomIdentity.translate(x, y).scale(k);
}

function positionOf(element: Element): Place {
  const [x = 0, y = 0] = numbers(element);
  return [x, y];
}

const numbers = (element: Element) =>
  (element.getAttribute("transform")?.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);

/** A new window, a new tab and the like are not ours. */
const isForTheBrowser = (event: MouseEvent | KeyboardEvent) =>
  event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event instanceof MouseEvent);

/** The view with a point of the canvas in its middle, within the closest and the furthest look. */
function around([x, y]: Place, scale: number): ZoomTransform {
  const k = Math.min(Math.max(scale, LEAST), MOST);
  return zoomIdentity.translate(MIDDLE[0] - x * k, MIDDLE[1] - y * k).scale(k);
}

const panned = ({ x, y, k }: ZoomTransform, right: number, down: number) =>
  zoomIdentity.translate(x + right, y + down).scale(k);

const isSame = (one: ZoomTransform, other: ZoomTransform) =>
  Math.abs(one.x - other.x) < 0.5 && Math.abs(one.y - other.y) < 0.5 && one.k === other.k;

/** The address at which the node draws a view. */
function addressOf(transform: ZoomTransform): string {
  const [longitude, latitude] = unproject(...transform.invert(MIDDLE));
  const url = new URL(location.href);
  url.searchParams.set("at", `${latitude.toFixed(3)},${longitude.toFixed(3)}`);
  url.searchParams.set("zoom", String(Math.round(Math.log2(transform.k / LEAST))));
  return url.pathname + url.search;
}

function nearestToTheMiddle(marks: Mark[]): number {
  const far = marks.map(({ x, y }) => Math.hypot(x - MIDDLE[0], y - MIDDLE[1]));
  return far.indexOf(Math.min(...far));
}

const xy = ([x, y]: [number, number]) => ({ x, y });

const moved = (mark: Mark, transform: ZoomTransform): Mark => ({
  ...mark,
  ...xy(transform.apply([mark.x, mark.y])),
});

const isSeen = ({ x, y }: Mark) => x > -10 && y > -10 && x < SIZE[0] + 10 && y < SIZE[1] + 10;

const spoken = (texts: DOMStringMap, n: number) =>
  (n === 1 ? texts.one : texts.other)?.replace("{n}", String(n)) ?? "";

const figure = document.querySelector<HTMLElement>("[data-map]");
const svg = figure?.querySelector<SVGSVGElement>("svg");
if (figure && svg) takeOver(figure, svg);
