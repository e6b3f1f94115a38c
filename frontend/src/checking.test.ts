import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkAsOneGoes } from "./checking";

const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

/** A form as the templates write it, with one field that was wrong when it was sent. */
function form(): HTMLFormElement {
  document.body.innerHTML = `<div id="wrong"></div><form action="/fr/manage/add" data-check>
    <label for="id">Nom court</label><p class="help" id="id-help">Aide</p>
    <input id="id" name="id" aria-describedby="id-help id-error" aria-invalid="true" value="Mes pads">
    <p class="field-error" id="id-error">Minuscules</p>
    <label for="name">Nom</label><input id="name" name="name">
    <label for="people">Pour combien</label><input id="people" name="people">
    <button name="do" value="save"></button><button name="do" value="preview"></button></form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  checkAsOneGoes(form);
  return form;
}

/** Leaves a field after a change, while the server finds these wrong. */
async function leave(id: string, value: string, wrong: Record<string, string>): Promise<void> {
  asked.mockResolvedValue(Response.json(wrong));
  await change(id, value);
}

async function change(id: string, value: string): Promise<void> {
  field(id).value = value;
  field(id).dispatchEvent(new Event("change", { bubbles: true }));
  field(id).dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  await new Promise((done) => setTimeout(done));
}

const field = (id: string) => document.getElementById(id) as HTMLInputElement;
const told = (id: string) => document.getElementById(`${id}-error`)?.textContent;

beforeEach(() => vi.stubGlobal("fetch", asked));
afterEach(() => {
  vi.unstubAllGlobals();
  asked.mockReset();
});

describe("a form that is checked as one goes", () => {
  it("asks the form's own address with all that stands in it, and that nothing be kept", async () => {
    form();
    await leave("people", "beaucoup", {});
    const [url, init] = asked.mock.calls[0] ?? [];
    expect(url).toBe("http://localhost/fr/manage/add");
    expect(init?.method).toBe("POST");
    expect(String(init?.body)).toBe("check=1&id=Mes+pads&name=&people=beaucoup&do=save");
  });

  it("asks nothing while one is still at a field, nor when one passes by", () => {
    form();
    field("people").dispatchEvent(new Event("change", { bubbles: true }));
    field("name").dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    expect(asked).not.toHaveBeenCalled();
  });

  it("says what is wrong with what was left, and nothing of what was not reached", async () => {
    form();
    await leave("people", "beaucoup", { id: "Minuscules", name: "Vide", people: "Un nombre" });
    expect(told("people")).toBe("Un nombre");
    expect(field("people").getAttribute("aria-invalid")).toBe("true");
    expect(field("people").getAttribute("aria-describedby")).toBe("people-error");
    expect(field("people").nextElementSibling?.className).toBe("field-error");
    expect(told("name")).toBeUndefined();
    expect(field("name").hasAttribute("aria-invalid")).toBe(false);
    expect(document.querySelector("[role=status]")?.textContent).toBe("Pour combien: Un nombre");
  });

  it("takes away what is mended, and the summary with the last of it", async () => {
    form();
    await leave("people", "beaucoup", { id: "Minuscules", people: "Un nombre" });
    await leave("people", "10", { id: "Minuscules" });
    expect(told("people")).toBeUndefined();
    expect(field("people").hasAttribute("aria-describedby")).toBe(false);
    expect(document.getElementById("wrong")).not.toBeNull();
    await leave("id", "pads", { name: "Vide" });
    expect(told("id")).toBeUndefined();
    expect(field("id").getAttribute("aria-describedby")).toBe("id-help");
    expect(field("id").hasAttribute("aria-invalid")).toBe(false);
    expect(document.getElementById("wrong")).toBeNull();
  });

  it("tells one thing once, and what changed of it again", async () => {
    form();
    await leave("people", "x", { people: "Un nombre" });
    await leave("people", "y", { people: "Un nombre" });
    expect(document.querySelectorAll("#people-error").length).toBe(1);
    expect(document.querySelector("[role=status]")?.textContent).toBe("");
    await leave("people", "0", { people: "Au moins un" });
    expect(document.querySelector("[role=status]")?.textContent).toBe("Pour combien: Au moins un");
  });

  it("is silent where the server does not answer, and holds nothing back", async () => {
    const sent = vi.fn((event: Event) => event.preventDefault());
    form().addEventListener("submit", sent);
    for (const answer of [
      () => Promise.reject(new TypeError("offline")),
      () => Promise.resolve(new Response("<p>", { status: 200 })),
      () => Promise.resolve(Response.json({ people: "?" }, { status: 403 })),
    ]) {
      asked.mockImplementation(answer);
      await change("people", "beaucoup");
      expect(told("people")).toBeUndefined();
      expect(told("id")).toBe("Minuscules");
    }
    document.querySelector("button")?.click();
    expect(sent).toHaveBeenCalledOnce();
  });

  it("forgets an answer that a later question overtook", async () => {
    form();
    const answers: ((wrong: Record<string, string>) => void)[] = [];
    asked.mockImplementation((_, { signal }) => {
      return new Promise((resolve, reject) => {
        answers.push((wrong) => resolve(Response.json(wrong)));
        signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    });
    await change("people", "beaucoup");
    await change("people", "10");
    answers[1]?.({});
    answers[0]?.({ people: "Un nombre" });
    await new Promise((done) => setTimeout(done));
    expect(told("people")).toBeUndefined();
  });
});
