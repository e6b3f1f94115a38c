/**
 * The land of the earth as one small drawing, from Natural Earth's outlines (public domain) as `world-atlas` has them.
 *
 * Mercator's projection, on the canvas that `src/web/chart/mercator.rs` knows as well. Europe and its shores, where nearly
 * all hosters are, keep their detail; elsewhere the outline is coarser. There are no borders, so none is taken sides on.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoMercator, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { filter, filterWeight, presimplify, simplify } from "topojson-simplify";

export const WIDTH = 16_384;
export const HEIGHT = 9_132;
const NORTH = 78;
/** The area, in units of the canvas, below which a corner of the outline is left out. */
const FINE = 5;
const COARSE = 120;

type Position = [number, number];

const whole = geoMercator()
  .scale(WIDTH / (2 * Math.PI))
  .translate([0, 0]);
const project = geoMercator()
  .scale(WIDTH / (2 * Math.PI))
  .translate([WIDTH / 2, -(whole([0, NORTH]) as Position)[1]])
  .clipExtent([
    [0, 0],
    [WIDTH, HEIGHT],
  ]);

export function land(): string {
  const path = outlines().map(written).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><style>${STYLE}</style><defs><path id="l" d="${path}"/></defs><use href="#l" class="offing"/><use href="#l" class="shoal"/><use href="#l" class="land"/></svg>`;
}

/** The colours of the site's style sheet, which does not reach into a picture. */
const STYLE =
  ".offing{fill:none;stroke:#d8ebe6;stroke-width:70;stroke-linejoin:round}" +
  ".shoal{fill:none;stroke:#c3dfda;stroke-width:28;stroke-linejoin:round}" +
  ".land{fill:#f7f0df;stroke:#7f9a97;stroke-width:1;vector-effect:non-scaling-stroke}" +
  "@media(prefers-color-scheme:dark){.offing{stroke:#153b47}.shoal{stroke:#1c4854}.land{fill:#22313a;stroke:#5c8288}}";

/** Rings of points of the canvas, simplified. */
function outlines(): Position[][] {
  const atlas = createRequire(import.meta.url).resolve("world-atlas/land-50m.json");
  const topology = JSON.parse(readFileSync(atlas, "utf8")) as Parameters<typeof presimplify>[0];
  const weighed = presimplify(topology, (corner) => weight(corner as [Position, Position, Position]));
  const simple = simplify(weighed, 1);
  const kept = filter(
    simple,
    filterWeight(simple, 2, (ring) => weight(ring as Position[])),
  );
  const rings: Position[][] = [];
  const collect = {
    beginPath() {},
    moveTo: (x: number, y: number) => void rings.push([[x, y]]),
    lineTo: (x: number, y: number) => void rings.at(-1)?.push([x, y]),
    closePath() {},
    arc() {},
  };
  const shore = kept.objects.land;
  if (shore) geoPath(project, collect)(feature(kept, shore));
  return rings;
}

/** How much a corner or an island matters: its area on the canvas, less where few people look closely. */
function weight(ring: Position[]): number {
  const points = ring.map((place) => project(place) as Position);
  const [longitude, latitude] = ring[0] as Position;
  const isNear = longitude > -12 && longitude < 32 && latitude > 34 && latitude < 62;
  return area(points) / (isNear ? FINE : COARSE);
}

function area(points: Position[]): number {
  let doubled = 0;
  points.forEach(([x, y], at) => {
    const [nextX, nextY] = points[(at + 1) % points.length] as Position;
    doubled += x * nextY - nextX * y;
  });
  return Math.abs(doubled / 2);
}

/** In whole units, each point from the one before: a third of what absolute numbers take. */
function written(ring: Position[]): string {
  const [first, ...rest] = ring.map(([x, y]): Position => [Math.round(x), Math.round(y)]) as [
    Position,
    ...Position[],
  ];
  let [x, y] = first;
  let text = "";
  for (const [nextX, nextY] of rest) {
    const [right, down] = [nextX - x, nextY - y];
    if (right === 0 && down === 0) continue;
    text += `${text && right >= 0 ? " " : ""}${right}${down >= 0 ? " " : ""}${down}`;
    [x, y] = [nextX, nextY];
  }
  return text && `M${first[0]} ${first[1]}l${text}z`;
}
