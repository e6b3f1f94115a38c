/** How long the browser may look for the position, and how old one that it knows may be. */
const PATIENCE_MS = 10_000;
const KNOWN_FOR_MS = 600_000;

/** Whether the browser gives positions at all: it refuses them to pages that came over plain http. */
export function givesPosition(): boolean {
  return globalThis.isSecureContext && Boolean(navigator.geolocation);
}

/**
 * The visitor's position as a place to be asked for; rejected where it is refused or not found.
 *
 * Rounded to a tenth of a degree (about ten kilometres) before it is written anywhere: the node never learns more.
 */
export function roughPosition(): Promise<string> {
  return new Promise((found, refused) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found(`${tenth(coords.latitude)},${tenth(coords.longitude)}`),
      refused,
      { timeout: PATIENCE_MS, maximumAge: KNOWN_FOR_MS },
    );
  });
}

/** Adding zero turns -0 into 0, which would be written "-0.0". */
const tenth = (degrees: number): string => (Math.round(degrees * 10) / 10 + 0).toFixed(1);
