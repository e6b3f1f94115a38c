/**
 * `form[data-check]`: what is wrong with a field is said once it was left, in the server's words and place.
 *
 * The server reads the same form with `check=1`, keeps nothing, and answers with fields and sentences. Fields that
 * were not reached yet are left in peace, and nothing here holds a form back: without an answer, it is sent as it is.
 */
export function checkAsOneGoes(form: HTMLFormElement): void {
  const faulty = form.querySelectorAll<HTMLElement>("[aria-invalid]");
  const left = new Set([...faulty].map(({ id }) => id));
  const status = document.createElement("p");
  status.className = "hide";
  status.setAttribute("role", "status");
  form.append(status);
  const changed = new Set<EventTarget>();
  let asking: AbortController | undefined;

  // Dates and lists tell of changes while one is still at them, so a change alone is not enough.
  form.addEventListener("change", ({ target }) => {
    if (target) changed.add(target);
  });
  form.addEventListener("focusout", async ({ target, relatedTarget }) => {
    if (!target || !changed.delete(target)) return;
    // Whoever goes on to a button sends the form: it must not move away under the pointer.
    if (relatedTarget instanceof HTMLButtonElement) return;
    left.add((target as HTMLElement).id);
    asking?.abort();
    asking = new AbortController();
    const wrong = await ask(form, asking.signal);
    if (!wrong) return;
    const news: string[] = [];
    for (const id of left) {
      const field = document.getElementById(id) as HTMLInputElement | null;
      if (field && say(field, wrong[id])) news.push(`${field.labels?.[0]?.textContent}: ${wrong[id]}`);
    }
    status.textContent = news.join(" ");
    if (!document.querySelector("[aria-invalid]")) document.getElementById("wrong")?.remove();
  });
}

/** What is wrong with each field, or nothing if the server did not say. */
async function ask(form: HTMLFormElement, signal: AbortSignal): Promise<Record<string, string> | undefined> {
  const body = new URLSearchParams({ check: "1" });
  new FormData(form).forEach((value, name) => {
    body.append(name, String(value));
  });
  // Which of a page's forms it is, its first button says.
  const button = form.querySelector<HTMLButtonElement>("button[name]");
  if (button) body.append(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** Puts a sentence below a field, or takes it away, with the marks of the templates; says whether it is news. */
function say(field: HTMLElement, sentence: string | undefined): boolean {
  const id = `${field.id}-error`;
  const known = document.getElementById(id);
  const described = (field.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .filter((part) => part && part !== id);
  if (!sentence) {
    known?.remove();
    field.removeAttribute("aria-invalid");
  } else {
    described.push(id);
    field.setAttribute("aria-invalid", "true");
    const error = known ?? document.createElement("p");
    if (error.textContent === sentence) return false;
    error.id = id;
    error.className = "field-error";
    error.textContent = sentence;
    field.after(error);
  }
  if (described.length) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
  return Boolean(sentence);
}
