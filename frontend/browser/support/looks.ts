import type { VisitOptions } from "./chromium";
import { LANGUAGES } from "./places";

/** The ways every page has to be right: in each language, on the narrowest screen and on a desk. */
export const LOOKS = LANGUAGES.flatMap((language) => [320, 1280].map((width) => ({ language, width })));

export type Look = (typeof LOOKS)[number];

/** Nothing moves when less motion is asked for: colours are final when they are measured or kept. */
export function seenOn(width: number): VisitOptions {
  return { viewport: { width, height: width < 500 ? 640 : 900 }, reducedMotion: "reduce" };
}
