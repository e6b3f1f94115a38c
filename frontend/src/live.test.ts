import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepUp } from "./live";

beforeEach(() => history.replaceState(null, "", "/fr/widget"));
afterEach(() => vi.unstubAllGlobals());

describe("a form that is kept up with", () => {
  it("shows what its address would show as one chooses, leaves out what is empty, and says so", async () => {
    const fetch = vi.fn(async (_: URL) => page(`<section id="made">A banner.</section>`));
    vi.stubGlobal("fetch", fetch);
    const { form, select } = put();
    select.value = "banner";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await vi.waitFor(() => expect(document.getElementById("made")?.textContent).toBe("A banner."));
    expect(String(fetch.mock.calls[0]?.[0])).toBe("http://localhost/fr/widget?kind=banner");
    expect(location.search).toBe("?kind=banner");
    expect(form.querySelector("[role=status]")?.textContent).toBe("À jour");
  });

  it("says beside a field what the server says of it, shows no old code, and takes it back once it is mended", async () => {
    const wrong = `<div id="near-error"><p class="field-error">Unknown.</p><a href="?near=Lyon">Lyon</a></div>`;
    const refused = `<form><input id="near" aria-describedby="near-help near-error" aria-invalid="true">${wrong}</form><section id="made">No code yet.</section>`;
    vi.stubGlobal("fetch", async () => page(refused, 404));
    const { form, near } = put();
    const type = (town: string) => {
      near.value = town;
      near.dispatchEvent(new Event("change", { bubbles: true }));
    };
    type("Lyonn");
    await vi.waitFor(() => expect(near.getAttribute("aria-invalid")).toBe("true"));
    expect(near.getAttribute("aria-describedby")).toBe("near-help near-error");
    expect(near.nextElementSibling?.querySelector("a")?.textContent).toBe("Lyon");
    expect(document.getElementById("made")?.textContent).toBe("No code yet.");
    expect(form.querySelector("[role=status]")?.textContent).toBe("Unknown.");
    expect(near.value).toBe("Lyonn");
    expect(location.search).toBe("?kind=element&near=Lyonn");
    type("Lyonnn");
    await vi.waitFor(() => expect(location.search).toBe("?kind=element&near=Lyonnn"));
    expect(document.querySelectorAll(".field-error"), "said once").toHaveLength(1);

    const mended = `<form><input id="near" aria-describedby="near-help"></form><section id="made">A list.</section>`;
    vi.stubGlobal("fetch", async () => page(mended));
    type("Lyon");
    await vi.waitFor(() => expect(document.getElementById("made")?.textContent).toBe("A list."));
    expect(near.hasAttribute("aria-invalid") || document.querySelector(".field-error")).toBeFalsy();
    expect(near.getAttribute("aria-describedby")).toBe("near-help");
    expect(form.querySelector("[role=status]")?.textContent).toBe("À jour");
  });

  it.each([
    ["fails", async () => page("<p>Sorry</p>", 500)],
    ["has another page", async () => page("<p>Log in</p>")],
    ["does not answer", () => Promise.reject(new TypeError("refused"))],
  ])("stays as it is where the server %s", async (_, fetch) => {
    const asked = vi.fn(fetch);
    vi.stubGlobal("fetch", asked);
    const { select } = put();
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.getElementById("made")?.textContent).toBe("A list.");
    expect(location.search).toBe("");
  });
});

const page = (html: string, status = 200) => new Response(`<!doctype html><body>${html}`, { status });

function put() {
  document.body.innerHTML = `<form action="/fr/widget" data-live="made" data-live-done="À jour">
    <select name="kind"><option value="element">A list</option><option value="banner">A banner</option></select>
    <input id="near" name="near" value="" aria-describedby="near-help"></form><section id="made">A list.</section>`;
  const form = document.querySelector("form") as HTMLFormElement;
  keepUp(form);
  return {
    form,
    select: form.querySelector("select") as HTMLSelectElement,
    near: form.querySelector("input") as HTMLInputElement,
  };
}
