/**
 * `form[data-live="made"]`: what its address would show in the element of that id is shown there as one chooses.
 *
 * The server writes the code either way, so there is one way to write it. Where it refuses what was typed, its page
 * has the same form with what is wrong beside each field: that is shown at once, and no code until it is mended.
 */
import { offerCopy } from "./copy";

export function keepUp(form: HTMLFormElement): void {
  let asking: AbortController | undefined;
  const status = document.createElement("p");
  status.className = "hide";
  status.setAttribute("role", "status");
  form.append(status);

  form.addEventListener("change", async () => {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(form.action);
    for (const [name, value] of new FormData(form))
      if (value) address.searchParams.append(name, String(value));
    const page = await shown(address, asking.signal);
    const made = page?.getElementById(form.dataset.live ?? "");
    if (!page || !made) return;
    document.getElementById(made.id)?.replaceWith(made);
    for (const button of made.querySelectorAll<HTMLButtonElement>("button[data-copy]")) offerCopy(button);
    const wrong = takeOver(form, page);
    history.replaceState(null, "", address);
    status.textContent = wrong.join(" ") || (form.dataset.liveDone ?? "");
  });
}

/** The page at an address, whatever its status; nothing if there is no answer. */
async function shown(address: URL, signal: AbortSignal): Promise<Document | undefined> {
  try {
    const answer = await fetch(address, { signal });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return undefined;
  }
}

/** Marks the fields that are wrong on a page, puts there what it says of them, and says the same; the rest is right. */
function takeOver(form: HTMLFormElement, page: Document): string[] {
  const sentences: string[] = [];
  for (const field of form.querySelectorAll<HTMLElement>("[id][name]")) {
    const told = page.getElementById(field.id);
    for (const mark of ["aria-invalid", "aria-describedby"]) {
      const value = told?.getAttribute(mark);
      if (value) field.setAttribute(mark, value);
      else field.removeAttribute(mark);
    }
    const id = `${field.id}-error`;
    document.getElementById(id)?.remove();
    const error = page.getElementById(id);
    if (!error) continue;
    sentences.push(error.querySelector(".field-error")?.textContent ?? "");
    field.after(error);
  }
  return sentences;
}
