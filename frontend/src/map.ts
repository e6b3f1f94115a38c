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
const SIZE: [number, number] = [640, 560];
const EARTH: [number, number] = [16_384, 9_132];
const CLOSEST = 8;
/** How far a key or an arrow moves, in units of the map. */
const PAN = 160;
/** How long a choice takes to come to the middle, for those who want motion. */
const GLIDE_MS = 120;

type Way = "in" | "out" | "whole" | "north" | "south" | "west" | "east";

function takeOver(figure: HTMLElement, svg: SVGSVGElement): void {
  const earth = svg.querySelector(".earth") as SVGGElement;
  const layer = svg.querySelector(".marks") as SVGGElement;
  const said = document.querySelector<HTMLElement>("[data-said]");
  const ports = new Ports(readPorts(document));
  const buoy = layer.querySelector(".buoy");
  const start = transformOf(earth);
  const here = buoy ? start.invert(positionOf(buoy)) : null;
  let shown = start;
  let chosen = "";
  /** Whose dot gets the focus as soon as it is there. */
  let awaited = "";

  const least = SIZE[0] / EARTH[0];
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([least, least * 2 ** CLOSEST])
    .extent([[0, 0], SIZE])
    .translateExtent([
      [0, -EARTH[1] / 4],
      [EARTH[0], EARTH[1] * 1.25],
    ])
    // The page scrolls under wheel and finger as anywhere else; Ctrl and two fingers are for the map.
    .filter((event) => {
      if (event.type === "wheel") return event.ctrlKey;
      if (event.type.startsWith("touch")) return event.touches.length > 1;
      return !event.button;
    })
    .on("zoom", ({ transform }) => show(transform))
    .on("end", remember);
  const map = select(svg).call(behaviour);
  behaviour.transform(map, start);

  figure.querySelector(".with-script")?.removeAttribute("hidden");
  figure.classList.add("is-live");

  function show(transform: ZoomTransform): void {
    shown = transform;
    earth.setAttribute("transform", `translate(${transform.x} ${transform.y})scale(${transform.k})`);
    const marks = ports.at(transform.k).map((mark) => moved(mark, transform));
    drawn(layer, marks.filter(isSeen), chosen, (n) => spoken(figure.dataset, n));
    const dot = awaited && document.getElementById(`m-${awaited}`);
    if (dot) {
      awaited = "";
      dot.focus({ preventScroll: true });
    }
    if (buoy && here) {
      const [x, y] = transform.apply(here);
      buoy.setAttribute("transform", `translate(${Math.round(x)} ${Math.round(y)})`);
      layer.append(buoy);
    }
  }

  /** What is seen is part of the address, so that it can be shared and is there again after going back. */
  function remember(): void {
    const [x, y] = shown.invert([SIZE[0] / 2, SIZE[1] / 2]);
    const [longitude, latitude] = unproject(x, y);
    const url = new URL(location.href);
    url.searchParams.set("at", `${latitude.toFixed(3)},${longitude.toFixed(3)}`);
    url.searchParams.set("zoom", String(Math.round(Math.log2(shown.k / least))));
    if (isAsLoaded(shown)) return;
    history.replaceState(history.state, "", url);
    figure.querySelector(".outside")?.remove(); // said of the view as it was loaded
    if (said) said.textContent = spoken(said.dataset, inView());
  }

  function isAsLoaded({ k, x, y }: ZoomTransform): boolean {
    return k === start.k && x === start.x && y === start.y;
  }

  function inView(): number {
    const marks = ports
      .at(shown.k)
      .map((mark) => moved(mark, shown))
      .filter(isSeen);
    return marks.reduce((sum, mark) => sum + ("port" in mark ? 1 : mark.count), 0);
  }

  function to(transform: ZoomTransform): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) behaviour.transform(map, transform);
    else glide(shown, transform, (between) => behaviour.transform(map, between));
  }

  /** Brings a point of the canvas to the middle, at least so close. */
  function centre([x, y]: [number, number], k: number): void {
    const scale = Math.min(Math.max(k, shown.k), least * 2 ** CLOSEST);
    to(zoomIdentity.translate(SIZE[0] / 2 - x * scale, SIZE[1] / 2 - y * scale).scale(scale));
  }

  function go(way: Way): void {
    const middle: [number, number] = shown.invert([SIZE[0] / 2, SIZE[1] / 2]);
    const [x, y] = {
      north: [0, PAN],
      south: [0, -PAN],
      west: [PAN, 0],
      east: [-PAN, 0],
      in: [0, 0],
      out: [0, 0],
      whole: [0, 0],
    }[way] as [number, number];
    if (way === "whole") to(start);
    else if (way === "in") centre(middle, shown.k * 2);
    else if (way === "out") {
      const k = Math.max(shown.k / 2, least);
      to(zoomIdentity.translate(SIZE[0] / 2 - middle[0] * k, SIZE[1] / 2 - middle[1] * k).scale(k));
    } else to(zoomIdentity.translate(shown.x + x, shown.y + y).scale(shown.k));
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
    let k = shown.k;
    while (k < least * 2 ** CLOSEST && !ports.at(k).some((mark) => "port" in mark && mark.port === port))
      k *= 2;
    const at = project(port.longitude, port.latitude);
    const isHidden = k !== shown.k || !isSeen({ ...xy(shown.apply(at)), port });
    if (isHidden) centre(at, k);
    else show(shown);
  }

  addEventListener("hashchange", choose);
  if (location.hash) choose();

  figure.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a");
    if (!link) return;
    const way = link.dataset.way as Way | undefined;
    const cluster = link.getAttribute("data-cluster");
    if (!way && !cluster) return;
    event.preventDefault();
    if (way) go(way);
    else centre(shown.invert(positionOf(link)), ports.scaleThatParts(Number(cluster)));
  });
  // A row's own link to the map would load a page that is here already.
  document.querySelector(".ports")?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a.on-map");
    const row = link?.closest<HTMLElement>(".port-row");
    if (!row) return;
    event.preventDefault();
    awaited = row.id.slice(2);
    if (location.hash === `#${row.id}`) choose();
    else location.hash = row.id;
    figure.scrollIntoView({ block: "nearest" });
  });
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const way = KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    go(way);
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

function positionOf(element: Element): [number, number] {
  const [x = 0, y = 0] = numbers(element);
  return [x, y];
}

const numbers = (element: Element) =>
  (element.getAttribute("transform")?.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);

const xy = ([x, y]: [number, number]) => ({ x, y });

const moved = (mark: Mark, transform: ZoomTransform): Mark => ({
  ...mark,
  ...xy(transform.apply([mark.x, mark.y])),
});

const isSeen = ({ x, y }: Mark) => x > -10 && y > -10 && x < SIZE[0] + 10 && y < SIZE[1] + 10;

const spoken = (texts: DOMStringMap, n: number) =>
  (n === 1 ? texts.one : texts.other)?.replace("{n}", String(n)) ?? "";

/** From one view to another within a moment. */
function glide(from: ZoomTransform, to: ZoomTransform, show: (between: ZoomTransform) => void): void {
  const begun = performance.now();
  const step = (now: number) => {
    const t = Math.min(1, (now - begun) / GLIDE_MS);
    const between = (a: number, b: number) => a + (b - a) * t;
    show(
      t === 1
        ? to
        : zoomIdentity.translate(between(from.x, to.x), between(from.y, to.y)).scale(between(from.k, to.k)),
    );
    if (t < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const figure = document.querySelector<HTMLElement>("[data-map]");
const svg = figure?.querySelector<SVGSVGElement>("svg");
if (figure && svg) takeOver(figure, svg);
