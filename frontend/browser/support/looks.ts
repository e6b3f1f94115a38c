import type { VisitOptions } from "./chromium";
import { LANGUAGES } from "./places";

/** The ways every page has to look right: each language by day and by night, on the narrowest screen and on a desk. */
export const LOOKS = LANGUAGES.flatMap((language) =>
  (["light", "dark"] as const).flatMap((theme) => [320, 1280].map((width) => ({ language, theme, width }))),
);

export type Look = (typeof LOOKS)[number];

/** Nothing moves when less motion is asked for: colours are final when they are measured or kept. */
export function seenAs({ theme, width }: Look): VisitOptions {
  return {
    colorScheme: theme,
    viewport: { width, height: width < 500 ? 640 : 900 },
    reducedMotion: "reduce",
  };
}
