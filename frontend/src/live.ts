/**
 * `form[data-live="made"]`: what its address would show in the element of that id is shown there as one chooses.
 *
 * The server writes the code either way, so there is one way to write it. Where it refuses what was typed, all
 * stays as it is until the form is sent, and the page says what is wrong.
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
    const made = await part(address, form.dataset.live ?? "", asking.signal);
    if (!made) return;
    document.getElementById(made.id)?.replaceWith(made);
    for (const button of made.querySelectorAll<HTMLButtonElement>("button[data-copy]")) offerCopy(button);
    history.replaceState(null, "", address);
    status.textContent = form.dataset.liveDone ?? "";
  });
}

/** One element of the page at an address, by its id; null if there is no such page. */
async function part(address: URL, id: string, signal: AbortSignal): Promise<HTMLElement | null> {
  try {
    const answer = await fetch(address, { signal });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById(id);
  } catch {
    return null;
  }
}
