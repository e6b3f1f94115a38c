import { Dice } from "./dice";
import { svg } from "./dom";

/**
 * The island by which a hoster is recognised everywhere, drawn from its identifier as the node draws it
 * (src/web/island.rs, to the byte): all in integers. An angle has 256 parts.
 */
export function island(id: string): SVGElement {
  const { land, shoal, mark, tint } = drawn(id);
  const path = (name: string, d: string) => svg("path", { class: name, d });
  return svg(
    "svg",
    { class: "isle", part: "island", viewBox: "0 0 200 200", "aria-hidden": "true" },
    path("shoal", shoal),
    path(`land t${tint}`, land),
    path("mark", mark),
  );
}

const MIDDLE = 100;
const COAST_POINTS = 22;
const DEPTH_POINTS = 14;
const ISLET_POINTS = 6;

/** Nothing, a lighthouse, a pine, a hill, two pines, a hut, a flag, a surveyed summit. */
const MARKS = [
  "",
  "M94 116l3-30h6l3 30zM95 86h10M100 86v-8M86 76l8 3M114 76l-8 3",
  "M100 118v-12M88 106l12-24 12 24z",
  "M78 112q10-26 22-26 12 0 22 26M90 108q5-10 10-10",
  "M88 114v-8M79 106l9-18 9 18zM111 118v-8M101 110l10-20 10 20z",
  "M86 114v-14l14-12 14 12v14zM97 114v-9h6v9",
  "M92 118v-38M92 81l22 7-22 8",
  "M86 112l14-25 14 25zM100 103v1",
];

type Point = [number, number];

/** The lines of an island, as path data. */
export function drawn(id: string) {
  const dice = new Dice(id);
  // The order of the throws is part of the shape.
  const base = 50 + dice.below(9);
  const wave = (count: number, height: number) => [count, dice.below(height), dice.below(256)] as const;
  const waves = [wave(2, 21), wave(3, 13), wave(5, 7)];
  const bayDepth = dice.below(4) === 0 ? 0 : 14 + dice.below(26);
  const bayAt = dice.below(256);
  const bayWidth = 18 + dice.below(26);
  const swirl = dice.around(56);
  const squash = 180 + dice.below(77);
  const turn = dice.below(256);
  const islets = [0, 0, 1, 1, 2][dice.below(5)] ?? 0;
  const mark = MARKS[dice.below(8)] ?? "";
  const tint = dice.below(3);

  /** How far from the middle the coast runs in a direction. */
  const radius = (angle: number): number => {
    const height = waves.reduce((sum, [count, high, from]) => sum + high * cos(count * angle + from), 0);
    const off = Math.abs(((angle - bayAt + 128) & 255) - 128);
    const cut = off < bayWidth ? Math.trunc((bayDepth * (bayWidth - off)) / bayWidth) : 0;
    return base + (height >> 10) - cut;
  };
  /** Swirled, squashed, turned, moved to the middle. */
  const place = (angle: number, far: number): Point => {
    const swirled = angle + ((swirl * (far - 50)) >> 6);
    const x = (far * cos(swirled)) >> 10;
    const y = (((far * sin(swirled)) >> 10) * squash) >> 8;
    const [east, south] = [cos(turn), sin(turn)];
    return [MIDDLE + ((x * east - y * south) >> 10), MIDDLE + ((x * south + y * east) >> 10)];
  };

  const coast = parts(COAST_POINTS).map((angle) => place(angle, ashore(radius(angle) + dice.around(4))));
  let land = closed(coast);
  /** The coast, softer: at each point the mean of three neighbours. */
  const depth = parts(DEPTH_POINTS).map((angle) => {
    const near = (turned: number) => ashore(radius(angle + turned));
    return (near(-14) + 2 * near(0) + near(14)) >> 2;
  });
  for (let islet = 0; islet < islets; islet++) {
    const at = dice.below(DEPTH_POINTS);
    const size = 4 + dice.below(4);
    const angle = parts(DEPTH_POINTS)[at] ?? 0;
    const far = ashore(radius(angle)) + 9 + size;
    const [x, y] = place(angle, far);
    const ring = parts(ISLET_POINTS).map((angle): Point => {
      const wide = size + dice.below(4);
      return [x + ((wide * cos(angle)) >> 10), y + ((wide * sin(angle)) >> 10)];
    });
    // It pushes the depth line out.
    for (const [aside, less] of [
      [0, 0],
      [1, 8],
      [DEPTH_POINTS - 1, 8],
    ] as const) {
      const pushed = (at + aside) % DEPTH_POINTS;
      depth[pushed] = Math.max(depth[pushed] ?? 0, far + size - less);
    }
    land += closed(ring);
  }
  const line = parts(DEPTH_POINTS).map((angle, i) =>
    place(angle, (depth[i] ?? 0) + 10).map((at) => Math.min(Math.max(at, 3), 197)),
  );
  return { land, shoal: closed(line as Point[]), mark, tint };
}

const ashore = (radius: number): number => Math.min(Math.max(radius, 26), 74);

/** The angles of so many equal parts of a turn. */
const parts = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.trunc((i * 256) / n));

/** Sine times 1024, by Bhaskara's formula. */
function sin(angle: number): number {
  const half = angle & 127;
  const p = half * (128 - half);
  const value = Math.trunc((4096 * p) / (20480 - p));
  return (angle & 255) < 128 ? value : -value;
}

const cos = (angle: number): number => sin(angle + 64);

/** A closed smooth line through the middles of the sides (a quadratic B-spline), in relative steps. */
function closed(points: Point[]): string {
  const middle = ([a, b]: Point, [c, d]: Point): Point => [(a + c) >> 1, (b + d) >> 1];
  const point = (i: number) => points[i % points.length] as Point;
  let at = middle(point(points.length - 1), point(0));
  let path = `M${at[0]} ${at[1]}q`;
  points.forEach((bend, i) => {
    const to = middle(bend, point(i + 1));
    const steps = [bend[0] - at[0], bend[1] - at[1], to[0] - at[0], to[1] - at[1]];
    steps.forEach((step, k) => {
      // A minus separates by itself, and so does the command.
      path += `${step < 0 || i + k === 0 ? "" : " "}${step}`;
    });
    at = to;
  });
  return `${path}z`;
}
