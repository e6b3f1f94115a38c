import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEADLINE_MS, MAX_BYTES } from "./ask";
import { answering, result, search, shadow } from "./testing";
import "./index";

beforeEach(() => {
  document.body.innerHTML = "";
  document.documentElement.lang = "fr";
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const NODE = "https://node.example";

/** An element that asks a node, in the page; what it told is kept. */
function put(attributes = 'need="polls"') {
  const told: { name: string; detail: unknown }[] = [];
  for (const name of ["hosters-shown", "hosters-none", "hosters-failed", "hoster-chosen"])
    document.addEventListener(name, (event) => told.push({ name, detail: (event as CustomEvent).detail }));
  document.body.innerHTML = `<find-a-hoster node="${NODE}" ${attributes}><a href="/go">Un lien</a></find-a-hoster>`;
  const element = document.querySelector("find-a-hoster");
  if (!element) throw new Error("no element");
  return { element, told };
}

describe("<find-a-hoster>", () => {
  it("asks one question, with all that it says, and shows what comes instead of its children", async () => {
    const asked = answering(search([result("arn"), result("kaz")], { place: { name: "Lyon" } }));
    const { element, told } = put('need="polls" near="Lyon" lang="en" limit="2"');
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    expect(asked()).toEqual([`${NODE}/api/v1/search?need=polls&near=Lyon&lang=en&limit=6`]);
    expect(shadow(element).querySelectorAll("ol.results > li").length).toBe(2);
    expect(shadow(element).querySelector<HTMLSlotElement>("slot:not([name])")?.hidden).toBe(true);
    expect(told).toEqual([
      { name: "hosters-shown", detail: { total: 2, place: "Lyon", services: ["arn-polls", "kaz-polls"] } },
    ]);
  });

  it("shows one service of each hoster, and as many hosters as are wanted", async () => {
    answering(search(["arn", "arn", "kaz", "arn", "infini"].map((id) => result(id))));
    const { element } = put('need="polls" limit="2"');
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    const islands = [...shadow(element).querySelectorAll('[part="hoster"]')].map(
      ({ textContent }) => textContent,
    );
    expect(islands).toEqual(["chez Le nom de arn, Lyon", "chez Le nom de kaz, Lyon"]);
  });

  it("takes its language from what is around it", async () => {
    const asked = answering(search([result("arn")]));
    document.documentElement.lang = "en-GB";
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    expect(asked()[0]).toContain("lang=en");
    expect(shadow(element).querySelector('[part="go"]')?.textContent).toBe("Go there");
  });

  it("asks once for attributes that change together, and the last question wins", async () => {
    const asked = answering(search([result("arn")]));
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    element.need = "pads";
    element.near = "Nantes";
    await vi.waitFor(() => expect(asked().length).toBe(2));
    expect(asked()[1]).toContain("need=pads&near=Nantes");
    element.theme = "dark";
    element.near = "Nantes";
    await Promise.resolve();
    expect(asked().length, "what changes no question asks none").toBe(2);
  });

  it("gives up what was asked before", async () => {
    const signals: AbortSignal[] = [];
    vi.stubGlobal("fetch", (_: URL, { signal }: RequestInit) => {
      signals.push(signal as AbortSignal);
      return new Promise(() => {});
    });
    const { element } = put();
    await vi.waitFor(() => expect(signals.length).toBe(1));
    element.need = "pads";
    await vi.waitFor(() => expect(signals.length).toBe(2));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    element.remove();
    expect(signals[1]?.aborted).toBe(true);
  });

  it.each([
    ["nobody answers", () => Promise.reject(new TypeError("refused")), "unreachable"],
    ["the node has trouble", () => Promise.resolve(new Response("{}", { status: 503 })), "refused"],
    [
      "the node knows no such need",
      () => Promise.resolve(new Response("no JSON", { status: 404 })),
      "refused",
    ],
    ["it is no JSON", () => Promise.resolve(new Response("<html>")), "nonsense"],
    ["it is another document", () => Promise.resolve(new Response('{"results":[]}')), "nonsense"],
    ["it is null", () => Promise.resolve(new Response("null")), "nonsense"],
    ["it has no end", () => Promise.resolve(new Response(`"${"a".repeat(MAX_BYTES)}"`)), "nonsense"],
  ])("leaves its children where %s", async (_, fetch, reason) => {
    vi.stubGlobal("fetch", fetch);
    const { element, told } = put();
    await vi.waitFor(() => expect(element.state).toBe("failed"));
    expect(shadow(element).querySelector(".box")).toBeNull();
    expect(shadow(element).querySelector("slot:not([name])")).not.toBeNull();
    expect(told).toEqual([{ name: "hosters-failed", detail: { reason } }]);
  });

  it("leaves its children where the node is slow, and says so after the deadline", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", (_: URL, { signal }: RequestInit) => {
      return new Promise((_, refuse) =>
        signal?.addEventListener("abort", () => refuse(new DOMException("late"))),
      );
    });
    const { element, told } = put();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    expect(element.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(element.state).toBe("failed");
    expect(told).toEqual([{ name: "hosters-failed", detail: { reason: "late" } }]);
  });

  it.each(["", 'need="" leave=""'])("asks nothing where it does not say what for: %s", async (attributes) => {
    const asked = answering(search([]));
    const { element, told } = put(attributes);
    await vi.waitFor(() => expect(element.state).toBe("failed"));
    expect(asked()).toEqual([]);
    expect(told).toEqual([{ name: "hosters-failed", detail: { reason: "unasked" } }]);
  });

  it("brings its children back where a later question has no answer", async () => {
    answering(search([result("arn")]));
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")));
    element.need = "pads";
    await vi.waitFor(() => expect(element.state).toBe("failed"));
    expect(shadow(element).querySelector(".box")).toBeNull();
  });

  it("says that nobody offers it, and keeps the way on inside", async () => {
    answering(search([]));
    const { element, told } = put('need="polls" near="Lyon"');
    await vi.waitFor(() => expect(element.state).toBe("nothing"));
    expect(shadow(element).querySelector('[part="none"]')?.textContent).toContain(
      "Pas encore d’hébergeur pour cela",
    );
    expect(shadow(element).querySelector<HTMLSlotElement>("slot:not([name])")?.hidden).toBe(false);
    expect(told[0]?.name).toBe("hosters-none");
  });

  it("shows as text whatever a node sends, and leads only to addresses on the web", async () => {
    const markup = '<img src=x onerror="alert(1)">';
    answering(
      search([
        { ...result("arn"), name: markup, url: "javascript:alert(1)", reasons: [markup, 3, null, ""] },
        { ...result("kaz"), hoster: null },
      ]),
    );
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    const root = shadow(element);
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector('[part="name"]')?.textContent).toBe(markup);
    expect(root.querySelector('[part="go"]')).toBeNull();
    expect(root.querySelectorAll("ol.results > li").length).toBe(1);
    expect(root.querySelectorAll(".reasons li").length).toBe(1);
  });

  it("tells who is chosen, and whoever listens may keep people where they are", async () => {
    answering(search([result("arn")]));
    const { element, told } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    element.addEventListener("hoster-chosen", (event) => event.preventDefault());
    const click = new MouseEvent("click", { bubbles: true, cancelable: true });
    shadow(element).querySelector('[part="go"]')?.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    expect(told.at(-1)).toEqual({
      name: "hoster-chosen",
      detail: { service: "arn-polls", hoster: "arn", url: "https://arn.example/polls" },
    });
  });

  it("asks near where somebody types only once they send it, and says what came of it", async () => {
    const asked = answering(search([result("arn")]));
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    const root = shadow(element);
    const input = root.querySelector("input") as HTMLInputElement;
    input.value = "Saint-Denis";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    expect(asked().length).toBe(1);
    answering(
      search([result("kaz")], {
        place: { name: "Saint-Denis" },
        other_places: ["Saint-Denis, La Réunion, FR"],
      }),
    );
    send(root);
    await vi.waitFor(() =>
      expect(root.querySelector("[role=status]")?.textContent).toContain("en partant de Saint-Denis"),
    );
    expect(root.querySelector("input"), "whoever typed stays in the field").toBe(input);
    expect(root.querySelector('[part="other"]')?.textContent).toBe("Saint-Denis, La Réunion, FR");
  });

  it("says at the field that nobody knows the place, and keeps what was there", async () => {
    answering(search([result("arn")]));
    const { element, told } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    const root = shadow(element);
    const fault = { field: "near", detail: "Inconnu. Lyon ?", similar: ["Lyon, Rhône, FR", 3] };
    const problem = { errors: [{ field: "limit" }, fault] };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(problem), { status: 404 }));
    (root.querySelector("input") as HTMLInputElement).value = "Xyzzy";
    send(root);
    await vi.waitFor(() =>
      expect(root.querySelector("#error")?.textContent).toBe("Nous ne trouvons pas ce lieu."),
    );
    expect(root.querySelector("input")?.getAttribute("aria-invalid")).toBe("true");
    expect(root.querySelectorAll("ol.results > li").length).toBe(1);
    expect(told.at(-1)).toEqual({ name: "hosters-failed", detail: { reason: "refused" } });

    const asked = answering(search([result("kaz")], { place: { name: "Lyon" } }));
    root.querySelector<HTMLButtonElement>('[part="other"]')?.click();
    await vi.waitFor(() => expect(root.querySelector<HTMLElement>("#error")?.hidden).toBe(true));
    expect(asked()[0], "what was meant is one press away").toContain("near=Lyon%2C+Rh");
  });

  it("asks for the last place that was understood, and says again what was found there", async () => {
    answering(search([result("arn")], { place: { name: "Lyon" } }));
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    const root = shadow(element);
    const [input, status] = [root.querySelector("input"), root.querySelector("[role=status]")];
    if (!input || !status) throw new Error("no form");
    input.value = "Lyon";
    send(root);
    await vi.waitFor(() => expect(status.textContent).toContain("en partant de Lyon"));
    send(root);
    await vi.waitFor(() => expect(status.textContent, "the same again").toContain("en partant de Lyon"));
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 404 }));
    input.value = "Xyzzy";
    send(root);
    await vi.waitFor(() =>
      expect(root.querySelector("[role=alert]")?.textContent).toContain("ne répond pas"),
    );
    const asked = answering(search([result("kaz")]));
    element.need = "pads";
    await vi.waitFor(() => expect(asked()[0]).toContain("need=pads&near=Lyon&"));
  });

  it("asks for the position only where its button is pressed, and sends it roughly", async () => {
    const getCurrentPosition = vi.fn((found: PositionCallback) =>
      found({ coords: { latitude: 45.7484, longitude: 4.8467 } } as GeolocationPosition),
    );
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("navigator", { languages: ["fr"], geolocation: { getCurrentPosition } });
    const asked = answering(search([result("arn")]));
    const { element } = put();
    await vi.waitFor(() => expect(element.state).toBe("shown"));
    expect(getCurrentPosition).not.toHaveBeenCalled();
    shadow(element).querySelector<HTMLButtonElement>('[part="here"]')?.click();
    await vi.waitFor(() => expect(asked().length).toBe(2));
    expect(asked()[1]).toContain("near=45.7%2C4.8");
  });
});

function send(root: ShadowRoot): void {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}
