import type { Page } from "playwright-core";

/** Where Tab stops. */
export interface Stop {
  /** Its place among all that can have the focus and is shown, in the order of the document; -1 if it is none of these. */
  index: number;
  /** For whoever reads a failure. */
  what: string;
  /** Whether something drawn says that the focus is here, on the screen, with nothing above it. */
  isSeen: boolean;
  isInMap: boolean;
  top: number;
  bottom: number;
}

/** All that can have the focus and is shown. Of radio buttons, Tab stops at one of each group. */
export function countStops(page: Page): Promise<number> {
  return page.evaluate(() => window.focusable().length);
}

/** Presses Tab (or Shift+Tab) until the page has been left, or a stop comes a second time. */
export async function walk(page: Page, key: "Tab" | "Shift+Tab" = "Tab"): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press(key);
    const stop = await focused(page);
    if (!stop || stops.some(({ index }) => index === stop.index)) return stops;
    stops.push(stop);
  }
}

/** What has the focus; null if it is on nothing, or on the whole page. */
export function focused(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { left, top, right, bottom } = element.getBoundingClientRect();
    // Of what is higher than the screen, the part that is on it.
    const middle = (from: number, to: number, size: number) => (Math.max(from, 0) + Math.min(to, size)) / 2;
    const above = document.elementFromPoint(
      middle(left, right, innerWidth),
      middle(top, bottom, innerHeight),
    );
    const map = element.closest(".chart"); // its islands are no boxes: what is in the middle of one may be open water
    const isOnTop = !!above && (element.contains(above) || above.contains(element) || !!map?.contains(above));
    return {
      index: window.focusable().indexOf(element),
      what: `<${element.localName}> ${element.getAttribute("aria-label") ?? element.id} ${element.textContent?.trim()}`.slice(
        0,
        80,
      ),
      isSeen: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && isOnTop,
      isInMap: map !== null,
      top: top + scrollY,
      bottom: bottom + scrollY,
    };
  });
}

declare global {
  interface Window {
    focusable(): Element[];
  }
}

/** As an init script, since it is asked for at every stop. */
export async function bringFocusable(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.focusable = () => {
      const all = document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex='0']",
      );
      return [...all].filter(
        (element) =>
          element.checkVisibility({ visibilityProperty: true }) &&
          !(element instanceof HTMLInputElement && element.type === "hidden"),
      );
    };
  });
}
