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

  it.each([
    ["refuses", async () => page("<p>Unknown</p>", 404)],
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
    <input name="near" value=""></form><section id="made">A list.</section>`;
  const form = document.querySelector("form") as HTMLFormElement;
  keepUp(form);
  return { form, select: form.querySelector("select") as HTMLSelectElement };
}
