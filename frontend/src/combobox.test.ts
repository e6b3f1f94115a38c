import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { suggestAsOneTypes } from "./combobox";

const FRAMADATE = { label: "Framadate", detail: "un service qu’on quitte", value: "Framadate" };
const FRAMADROP = { label: "Framadrop", detail: "", value: "Framadrop" };
const POLLS = { label: "Sondages", detail: "", value: "sondages" };

/** The questions asked, in order; a test answers each when it likes. */
let questions: { url: URL; aborted: () => boolean; answer: (response: Response) => void; fail: () => void }[];

beforeEach(() => {
  vi.useFakeTimers();
  questions = [];
  vi.stubGlobal("fetch", (url: URL, { signal }: RequestInit) => {
    // Unlike the real one, it does not reject when aborted: a late answer must be ignored all the same.
    return new Promise<Response>((resolve, reject) => {
      questions.push({ url, aborted: () => signal?.aborted === true, answer: resolve, fail: reject });
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe("a form with suggestions", () => {
  it("asks once, when the typing pauses", async () => {
    const { type } = form();
    type("fr");
    await vi.advanceTimersByTimeAsync(100);
    type("fra & co");
    await vi.advanceTimersByTimeAsync(119);
    expect(questions).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(questions.map(({ url }) => url.href)).toEqual([
      "http://localhost/api/v1/suggest?lang=fr&q=fra+%26+co",
    ]);
  });

  it("does not ask about a single letter", async () => {
    const { type } = form();
    type("f");
    await pause();
    expect(questions).toHaveLength(0);
  });

  it("offers what the node answers, and says how many", async () => {
    const { input, list, status, offer } = form();
    expect(list.hidden).toBe(true);
    await offer("fram", [FRAMADATE, FRAMADROP]);
    expect(list.hidden).toBe(false);
    expect(input.getAttribute("aria-expanded")).toBe("true");
    expect(input.getAttribute("aria-controls")).toBe(list.id);
    expect(options(list)).toEqual(["Framadate un service qu’on quitte", "Framadrop"]);
    expect(status.textContent).toBe("2 suggestions");
    await offer("framad", [FRAMADATE]);
    expect(status.textContent).toBe("une suggestion");
    await offer("xyz", []);
    expect(status.textContent).toBe("aucune suggestion");
    expect(list.hidden).toBe(true);
    expect(input.getAttribute("aria-expanded")).toBe("false");
  });

  it("shows HTML in labels as text", async () => {
    const { list, offer } = form();
    await offer("<b>", [{ ...FRAMADATE, label: "<img src=x onerror=alert(1)>", detail: "<b>gras</b>" }]);
    expect(list.querySelector("img, b")).toBeNull();
    expect(options(list)).toEqual(["<img src=x onerror=alert(1)> <b>gras</b>"]);
  });

  it("marks what was typed in the label, accents and capitals aside", async () => {
    const { list, offer } = form();
    await offer("evene", [{ label: "Événements" }, { label: "Agendas" }, { label: "🏝 Evénement" }]);
    const marks = [...list.children].map((option) => option.querySelector("mark")?.textContent ?? null);
    expect(marks).toEqual(["Événe", null, "Evéne"]);
    expect(options(list)).toEqual(["Événements", "Agendas", "🏝 Evénement"]);
  });

  it("names its list after the question, and keeps it out of the label", () => {
    const { list } = form();
    const label = document.querySelector("label") as HTMLLabelElement;
    expect(list.getAttribute("aria-labelledby")).toBe(label.id);
    expect(label.contains(list)).toBe(false);
  });
});

describe("the keyboard", () => {
  it("goes through the suggestions with the arrows, and round", async () => {
    const { input, list, press, offer } = form();
    await offer("fram", [FRAMADATE, FRAMADROP]);
    expect(activeOption(input, list)).toBeNull();
    press("ArrowDown");
    expect(activeOption(input, list)).toContain("Framadate");
    expect(list.querySelectorAll("[aria-selected=false]")).toHaveLength(1);
    press("ArrowDown");
    expect(activeOption(input, list)).toContain("Framadrop");
    press("ArrowDown");
    expect(activeOption(input, list)).toContain("Framadate");
    press("ArrowUp");
    expect(activeOption(input, list)).toContain("Framadrop");
    expect(list.querySelectorAll("[aria-selected=true]")).toHaveLength(1);
  });

  it.each(["Home", "End", "ArrowLeft", "ArrowRight"])("goes back into the text with %s", async (key) => {
    const { input, list, press, offer } = form();
    await offer("fram", [FRAMADATE, FRAMADROP, POLLS]);
    press("ArrowDown");
    expect(press(key).defaultPrevented, "the cursor moves").toBe(false);
    expect(activeOption(input, list)).toBeNull();
    expect(list.hidden).toBe(false);
    expect(press("Enter").defaultPrevented, "nothing is chosen any more").toBe(false);
  });

  it("goes back into the text by typing on, and the list stays until there is a newer one", async () => {
    const { input, list, type, press, offer } = form();
    await offer("fram", [FRAMADATE, FRAMADROP]);
    press("ArrowDown");
    type("frama");
    expect(activeOption(input, list)).toBeNull();
    expect(list.hidden).toBe(false);
  });

  it("chooses with Enter, and does not send the form by it", async () => {
    const { input, list, press, offer } = form();
    await offer("sond", [FRAMADATE, POLLS]);
    press("ArrowUp");
    expect(press("Enter").defaultPrevented).toBe(true);
    expect(input.value).toBe("sondages");
    expect(list.hidden).toBe(true);
  });

  it("sends the form with Enter when no suggestion is active, and closes the list", async () => {
    const { list, press, offer } = form();
    expect(press("Enter").defaultPrevented).toBe(false);
    await offer("fram", [FRAMADATE]);
    expect(press("Enter").defaultPrevented).toBe(false);
    expect(list.hidden).toBe(true);
  });

  it("closes with Escape, and clears with a second one", async () => {
    const { input, list, press, offer } = form();
    await offer("fram", [FRAMADATE]);
    press("Escape");
    expect(list.hidden).toBe(true);
    expect(input.value).toBe("fram");
    press("Escape");
    expect(input.value).toBe("");
    expect(press("Escape").defaultPrevented).toBe(false);
  });

  it.each([
    ["ArrowDown", "Framadate"],
    ["ArrowUp", "Framadrop"],
  ])("opens with %s, and %s is active", async (key, label) => {
    const { input, list, press, offer, answer } = form();
    await offer("fram", [FRAMADATE, FRAMADROP]);
    press("Escape");
    expect(press(key).defaultPrevented).toBe(true);
    await answer([FRAMADATE, FRAMADROP]);
    expect(list.hidden).toBe(false);
    expect(activeOption(input, list)).toContain(label);
  });

  it("opens with Alt and Down without going into it, and closes with Alt and Up", async () => {
    const { input, list, press, offer, answer } = form();
    await offer("fram", [FRAMADATE]);
    expect(press("ArrowUp", { altKey: true }).defaultPrevented).toBe(true);
    expect(list.hidden).toBe(true);
    expect(input.value).toBe("fram");
    expect(press("ArrowDown", { altKey: true }).defaultPrevented).toBe(true);
    await answer([FRAMADATE]);
    expect(list.hidden).toBe(false);
    expect(activeOption(input, list)).toBeNull();
    press("ArrowDown");
    press("ArrowUp", { altKey: true });
    expect(list.hidden).toBe(true);
    expect(activeOption(input, list)).toBeNull();
  });

  it("has nothing to open while there is too little in the input, or nothing is suggested", async () => {
    const { input, list, press, type, answer } = form();
    press("ArrowDown");
    expect(questions).toHaveLength(0);
    type("xyz");
    press("ArrowDown");
    await answer([]);
    expect(list.hidden).toBe(true);
    expect(activeOption(input, list)).toBeNull();
  });

  it("leaves with Tab, choosing nothing", async () => {
    const { input, list, press, offer } = form();
    await offer("fram", [FRAMADATE]);
    press("ArrowDown");
    expect(press("Tab").defaultPrevented).toBe(false);
    input.dispatchEvent(new FocusEvent("blur"));
    expect(list.hidden).toBe(true);
    expect(input.value).toBe("fram");
    expect(input.hasAttribute("aria-activedescendant")).toBe(false);
  });

  it("belongs to the input method while it composes, and to the browser with a modifier", async () => {
    const { input, list, press, offer } = form();
    await offer("fram", [FRAMADATE]);
    expect(press("ArrowDown", { isComposing: true }).defaultPrevented).toBe(false);
    for (const modifier of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }])
      expect(press("ArrowDown", modifier).defaultPrevented).toBe(false);
    expect(press("ArrowLeft", { altKey: true }).defaultPrevented, "back to the page before").toBe(false);
    expect(activeOption(input, list)).toBeNull();
    press("ArrowDown");
    expect(press("Enter", { keyCode: 229 }).defaultPrevented).toBe(false);
    expect(input.value).toBe("fram");
  });
});

describe("mouse and finger", () => {
  it("choose what they touch, while the input keeps the focus", async () => {
    const { input, list, offer } = form();
    await offer("fram", [FRAMADATE, FRAMADROP]);
    const label = list.children[1]?.querySelector(".suggestion-label") as HTMLElement;
    const down = new MouseEvent("mousedown", { bubbles: true, cancelable: true });
    label.dispatchEvent(down);
    expect(down.defaultPrevented).toBe(true);
    label.click();
    expect(input.value).toBe("Framadrop");
    expect(list.hidden).toBe(true);
  });
});

describe("a place", () => {
  const LYON = { kind: "place", id: "Lyon, Rhône, FR", label: "Lyon", value: "pad Lyon", rest: "pad" };

  it("is written as it is labelled", async () => {
    form();
    const near = field("near");
    await near.offer("Lyo", [{ label: "Lyon (Rhône)", name: "Lyon", country: "FR" }]);
    near.press("ArrowDown");
    near.press("Enter");
    expect(near.input.value).toBe("Lyon (Rhône)");
  });

  it("goes to the question for places, says so, and leaves the other words where they are", async () => {
    const { input, list, status, press, offer } = form();
    await offer("pad ly", [LYON]);
    press("ArrowDown");
    press("Enter");
    const near = document.querySelector("[name=near]") as HTMLInputElement;
    expect(near.value).toBe("Lyon, Rhône, FR");
    expect(input.value).toBe("pad");
    expect(status.textContent).toBe("Près de : Lyon");
    expect(list.hidden).toBe(true);
  });

  it("has marked in it what begins it, and not the words before", async () => {
    const { list, offer } = form();
    await offer("pad  ly", [LYON]);
    expect(list.querySelector("mark")?.textContent).toBe("Ly");
  });

  it("stays among the words where nothing else asks for a place", async () => {
    const { input, press, offer } = form();
    document.querySelector("[name=near]")?.remove();
    await offer("pad ly", [LYON]);
    press("ArrowDown");
    press("Enter");
    expect(input.value).toBe("pad Lyon");
  });
});

describe("an answer out of date", () => {
  it("never overwrites a newer one", async () => {
    const { list, type } = form();
    type("fra");
    await pause();
    type("sond");
    await pause();
    const [old, recent] = questions;
    expect(old?.aborted()).toBe(true);
    recent?.answer(json([POLLS]));
    await settle();
    old?.answer(json([FRAMADATE, FRAMADROP]));
    await settle();
    expect(options(list)).toEqual(["Sondages"]);
  });

  it("does not take the list away from somebody who has begun to choose", async () => {
    const { input, list, type, press, offer, answer } = form();
    await offer("fram", [FRAMADATE, FRAMADROP]);
    type("framad");
    await pause();
    press("ArrowDown");
    await answer([FRAMADROP]);
    expect(activeOption(input, list)).toContain("Framadate");
  });

  it("does not open the list of somebody who has left", async () => {
    const { input, list, type, answer } = form();
    type("fram");
    await pause();
    input.dispatchEvent(new FocusEvent("blur"));
    await answer([FRAMADATE]);
    expect(list.hidden).toBe(true);
  });

  it("does not close the newer list by failing late", async () => {
    const { list, type, answer } = form();
    type("fra");
    await pause();
    type("sond");
    await pause();
    await answer([POLLS]);
    questions[0]?.fail();
    await settle();
    expect(list.hidden).toBe(false);
  });
});

describe("a failing node leaves a plain form", () => {
  it.each([
    ["no connection", () => questions.at(-1)?.fail()],
    ["a problem", () => questions.at(-1)?.answer(new Response('{"status":503}', { status: 503 }))],
    ["a page instead of JSON", () => questions.at(-1)?.answer(new Response("<!doctype html>"))],
  ])("when there is %s", async (_, happen) => {
    const { input, list, status, press, type, offer } = form();
    await offer("fram", [FRAMADATE]);
    type("framad");
    await pause();
    happen();
    await settle();
    expect(list.hidden).toBe(true);
    expect(status.textContent).toBe("");
    expect(input.value).toBe("framad");
    expect(press("Enter").defaultPrevented).toBe(false);
  });
});

/** The form of the home page, as the server writes it. */
function form() {
  document.body.innerHTML = `
    <form action="/fr/services">
      <label>Je quitte
        <input name="what" data-suggest="/api/v1/suggest?lang=fr"
          data-suggest-none="aucune suggestion" data-suggest-one="une suggestion" data-suggest-some="{n} suggestions"
          data-suggest-placed="Près de : {place}">
      </label>
      <label>près de <input name="near" data-suggest="/api/v1/places?lang=fr"></label>
    </form>`;
  return field("what");
}

function field(name: string) {
  const input = document.querySelector(`[name=${name}]`) as HTMLInputElement;
  suggestAsOneTypes(input);
  const list = document.getElementById(input.getAttribute("aria-controls") ?? "") as HTMLElement;
  const status = list.nextElementSibling as HTMLElement;

  const type = (text: string) => {
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    input.dispatchEvent(event);
    return event;
  };
  const answer = async (results: object[]) => {
    questions.at(-1)?.answer(json(results));
    await settle();
  };
  const offer = async (text: string, results: object[]) => {
    type(text);
    await pause();
    await answer(results);
  };
  return { input, list, status, type, press, answer, offer };
}

const pause = () => vi.advanceTimersByTimeAsync(120);
const settle = () => vi.advanceTimersByTimeAsync(0);
const json = (results: object[]) => new Response(JSON.stringify({ total: results.length, results }));
const options = (list: HTMLElement) => [...list.children].map((option) => option.textContent);

/** The text of the option that both the input and the list call active. */
function activeOption(input: HTMLElement, list: HTMLElement): string | null {
  const id = input.getAttribute("aria-activedescendant");
  const selected = list.querySelector("[aria-selected=true]");
  expect(selected?.id ?? null).toBe(id);
  return selected?.textContent ?? null;
}
