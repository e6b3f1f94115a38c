import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answering, shadow } from "./testing";
import "./index";

beforeEach(() => {
  document.documentElement.lang = "fr";
  vi.useFakeTimers({ now: new Date(2027, 2, 19, 15), toFake: ["Date"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const FRAMAPAD = {
  name: "Framapad",
  status: "maintained",
  announced_close: null,
  export: { text: "Chaque pad : HTML." },
};

describe("<service-closing>", () => {
  it.each([
    [
      "an announced day",
      { announced_close: "2027-03-31" },
      "",
      "Framapad ferme le 31 mars 2027 : il reste 12 jours.",
    ],
    ["the site's own day", {}, 'on="2027-03-20"', "Framapad ferme le 20 mars 2027 : il reste 1 jour."],
    ["the day itself", {}, 'on="2027-03-19"', "Framapad ferme le 19 mars 2027 : c’est aujourd’hui."],
    ["the site's own day, once it is past", {}, 'on="2027-03-18"', "Framapad a fermé."],
    ["a closed service", { status: "closed", announced_close: "2027-03-31" }, "", "Framapad a fermé."],
    [
      "a limited one",
      { status: "restricted" },
      "",
      "Framapad n’accueille plus grand monde : mieux vaut préparer votre départ.",
    ],
    ["a day that passed without proof", { announced_close: "2021-07-06" }, "", "Vous quittez Framapad ?"],
    ["nothing known", {}, 'on="soon"', "Vous quittez Framapad ?"],
  ])("says what is known: %s", async (_, facts, attributes, news) => {
    const asked = answering({ ...FRAMAPAD, ...facts });
    const element = put(attributes);
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    expect(asked()).toEqual(["https://node.example/api/v1/departures/framapad?lang=fr"]);
    const said = () => shadow(element).querySelector("[role=status]")?.textContent;
    await vi.waitFor(() => expect(said()?.replace(/[\u00a0\u202f]/g, " ")).toBe(news));
  });

  it("says how to take data along, and leads to the guide near where people live", async () => {
    const asked = answering(FRAMAPAD);
    const element = put('near="Lyon"');
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    expect(shadow(element).querySelector('[part="way-out"]')?.textContent).toContain("Chaque pad : HTML.");
    const guide = shadow(element).querySelector<HTMLAnchorElement>('[part="go"]');
    expect(guide?.href).toBe("https://node.example/fr/leave/framapad?near=Lyon");
    element.near = "Nantes";
    const changed = () => shadow(element).querySelector<HTMLAnchorElement>('[part="go"]')?.href;
    await vi.waitFor(() => expect(changed()).toBe("https://node.example/fr/leave/framapad?near=Nantes"));
    expect(asked().length, "that needs no other answer").toBe(1);
  });

  it("leaves its children where the directory knows no such service", async () => {
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 404 }));
    const element = put("");
    await vi.waitFor(() => expect(element.state).toBe("failed"));
    expect(shadow(element).querySelector(".box")).toBeNull();
  });
});

function put(attributes: string) {
  document.body.innerHTML = `<service-closing node="https://node.example" departure="framapad" ${attributes}></service-closing>`;
  const element = document.querySelector("service-closing");
  if (!element) throw new Error("no element");
  return element;
}
