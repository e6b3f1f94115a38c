import { afterEach, expect, it, vi } from "vitest";
import { openOnWideScreens } from "./details";

afterEach(() => vi.unstubAllGlobals());

it("opens the facets where there is room, and follows the screen", () => {
  const screen = { matches: true, addEventListener: vi.fn() };
  vi.stubGlobal(
    "matchMedia",
    vi.fn(() => screen),
  );
  const details = document.createElement("details");
  openOnWideScreens(details);
  expect(details.open).toBe(true);

  screen.matches = false;
  screen.addEventListener.mock.calls[0]?.[1]();
  expect(details.open).toBe(false);
});
