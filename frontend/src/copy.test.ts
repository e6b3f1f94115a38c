import { afterEach, describe, expect, it, vi } from "vitest";
import { offerCopy } from "./copy";

afterEach(() => vi.unstubAllGlobals());

describe("the button that copies a message", () => {
  it("appears, copies what stands there by now, and says so", async () => {
    const writeText = vi.fn(async (_: string) => {});
    const { button, words, status } = page({ writeText });
    expect(button.hidden).toBe(false);
    words.value = "Nous allons ailleurs.";
    button.click();
    await vi.waitFor(() => expect(status.textContent).toBe("Copié"));
    expect(writeText).toHaveBeenCalledExactlyOnceWith("Nous allons ailleurs.");
  });

  it.each([
    ["refuses", { writeText: () => Promise.reject(new DOMException("refused", "NotAllowedError")) }],
    ["gives none", undefined],
  ])("selects the message where the browser %s the clipboard", async (_, clipboard) => {
    const { button, words, status } = page(clipboard);
    button.click();
    await vi.waitFor(() => expect(status.textContent).toBe("Sélectionné"));
    expect([words.selectionStart, words.selectionEnd]).toEqual([0, words.value.length]);
    expect(document.activeElement).toBe(words);
  });

  it("stays hidden where there is nothing to copy", () => {
    document.body.innerHTML = `<button hidden data-copy="words">Copier</button>`;
    const button = document.querySelector("button") as HTMLButtonElement;
    offerCopy(button);
    expect(button.hidden).toBe(true);
  });
});

function page(clipboard: Partial<Clipboard> | undefined) {
  vi.stubGlobal("navigator", { clipboard });
  document.body.innerHTML = `
    <textarea id="words">Nous quittons Framadate.</textarea>
    <button hidden data-copy="words" data-copied="Copié" data-copy-selected="Sélectionné">Copier</button>`;
  const button = document.querySelector("button") as HTMLButtonElement;
  offerCopy(button);
  return {
    button,
    words: document.querySelector("textarea") as HTMLTextAreaElement,
    status: document.querySelector("[role=status]") as HTMLElement,
  };
}
