import { afterEach, describe, expect, it, vi } from "vitest";
import { offerPosition } from "./locate";

afterEach(() => vi.unstubAllGlobals());

describe("the button that asks for the position", () => {
  it("appears, and writes the position rounded to a tenth of a degree", async () => {
    const { button, input } = page((found) => found(position(45.7484, -0.0412)));
    expect(button.hidden).toBe(false);
    button.click();
    await vi.waitFor(() => expect(input.value).toBe("45.7,0.0"));
  });

  it("says so when the position is refused, and leaves the text alone", async () => {
    const { button, input } = page((_, refused) => refused?.({} as GeolocationPositionError));
    input.value = "Lyon";
    button.click();
    const status = document.querySelector("[role=status]");
    await vi.waitFor(() => expect(status?.textContent).toBe("Position refusée"));
    expect(input.value).toBe("Lyon");
  });

  it("stays hidden where the browser gives no position", () => {
    const { button } = page(null);
    expect(button.hidden).toBe(true);
  });
});

function page(getCurrentPosition: Geolocation["getCurrentPosition"] | null) {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { geolocation: getCurrentPosition && { getCurrentPosition } });
  document.body.innerHTML = `
    <input id="near"><button hidden data-locate="near" data-locate-denied="Position refusée">Près de moi</button>`;
  const button = document.querySelector("button") as HTMLButtonElement;
  offerPosition(button);
  return { button, input: document.querySelector("input") as HTMLInputElement };
}

const position = (latitude: number, longitude: number) =>
  ({ coords: { latitude, longitude } }) as GeolocationPosition;
