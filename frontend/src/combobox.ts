/**
 * Suggestions as one types, after the ARIA 1.2 pattern "editable combobox with list autocomplete".
 *
 * Every word of the API is written as text, never as markup. No style is set here: the page's policy forbids it, and the look
 * belongs to the style sheet (`.suggestions`, `.suggestion`, `.suggestion-label` with a `mark` in it, `.suggestion-detail`).
 */

/** What `/api/v1/suggest` and `/api/v1/places` have in common; a place of the latter has only a label. */
interface Suggestion {
  label: string;
  value?: string;
  detail?: string;
  kind?: string;
  /** Of a place among other things: what `near` takes, and the words beside it that are no place. */
  id?: string;
  rest?: string;
}

/** Which option is active once the list opens. */
type Opening = "none" | "first" | "last";

/** Short enough to feel immediate, long enough that a quick typist asks once per word. */
const PAUSE_MS = 120;
/** One letter suggests everything and nothing. */
const SHORTEST = 2;

let count = 0;

export function suggestAsOneTypes(input: HTMLInputElement): void {
  const id = `suggestions-${++count}`;
  const list = element("ul", "suggestions");
  const status = element("span", "visually-hidden");

  let suggestions: Suggestion[] = [];
  let active = -1;
  let pause = 0;
  let asking = new AbortController();

  list.id = id;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  nameAfter(input, list);
  status.setAttribute("role", "status");
  // Inside the label, the suggestions would become part of the input's name.
  (input.closest("label") ?? input).after(list, status);

  input.autocomplete = "off";
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");

  input.addEventListener("input", () => {
    activate(-1);
    askSoon();
  });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", forget);
  // The input keeps the focus, so that `blur` does not close the list before the click has arrived.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });

  /** The old suggestions stay until the new ones come: a list that blinks at every letter cannot be read. */
  function askSoon(): void {
    cancel();
    pause = window.setTimeout(ask, PAUSE_MS, "none");
  }

  async function ask(opening: Opening = "none"): Promise<void> {
    cancel();
    const text = input.value.trim();
    if (text.length < SHORTEST) return forget();
    const { signal } = asking;
    try {
      const url = new URL(input.dataset.suggest ?? "", document.baseURI);
      url.searchParams.set("q", text);
      const response = await fetch(url, { signal, credentials: "omit" });
      const { results } = await response.json();
      if (signal.aborted) return;
      show(results);
      if (opening !== "none") activate(opening === "first" ? 0 : suggestions.length - 1);
    } catch {
      // No connection, no JSON, or a problem instead of results: the form works as it does without script.
      if (!signal.aborted) forget();
    }
  }

  /** What is under way no longer answers what stands in the input. */
  function cancel(): void {
    clearTimeout(pause);
    asking.abort();
    asking = new AbortController();
  }

  function forget(): void {
    cancel();
    suggestions = [];
    status.textContent = "";
    activate(-1);
    expand(false);
  }

  function show(results: Suggestion[]): void {
    activate(-1);
    list.replaceChildren(...results.map(option));
    suggestions = results;
    status.textContent = announcement(input, results.length);
    expand(results.length > 0);
  }

  function option(suggestion: Suggestion, index: number): HTMLElement {
    const item = element("li", "suggestion");
    item.id = `${id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const label = element("span", "suggestion-label");
    label.append(...marked(suggestion.label, input.value.trim()));
    item.append(label);
    if (suggestion.detail) item.append(" ", element("span", "suggestion-detail", suggestion.detail));
    return item;
  }

  function expand(expanded: boolean): void {
    list.hidden = !expanded;
    input.setAttribute("aria-expanded", String(expanded));
  }

  function activate(index: number): void {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function choose(index: number): void {
    const suggestion = suggestions[index];
    if (!suggestion) return;
    const near = suggestion.kind === "place" ? placeField(input) : null;
    if (near) {
      near.value = suggestion.id ?? suggestion.label;
      input.value = suggestion.rest ?? "";
    } else {
      input.value = suggestion.value ?? suggestion.label;
    }
    forget();
    if (near) status.textContent = input.dataset.suggestPlaced?.replace("{place}", suggestion.label) ?? "";
  }

  function onKey(event: KeyboardEvent): void {
    // While composing, the keys belong to the input method (229: what Safari says of the key that ends it).
    // The questions go on meanwhile, since keyboards of phones compose every word, French ones too.
    if (event.isComposing || event.keyCode === 229) return;
    // With another modifier they belong to the browser.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const key = event.altKey ? `Alt+${event.key}` : event.key;
    const handled = list.hidden ? keyWhileClosed(key) : keyWhileOpen(key);
    if (handled) event.preventDefault();
  }

  function keyWhileClosed(key: string): boolean {
    switch (key) {
      case "ArrowDown":
        ask("first");
        return true;
      case "ArrowUp":
        ask("last");
        return true;
      case "Alt+ArrowDown":
        ask();
        return true;
      case "Escape":
        if (!input.value) return false;
        input.value = "";
        forget();
        return true;
      default:
        return false;
    }
  }

  function keyWhileOpen(key: string): boolean {
    const last = suggestions.length - 1;
    switch (key) {
      case "ArrowDown":
        cancel(); // whoever has begun to choose chooses among what is shown
        activate(active < last ? active + 1 : 0);
        return true;
      case "ArrowUp":
        cancel();
        activate(active > 0 ? active - 1 : last);
        return true;
      case "Enter":
        if (active >= 0) {
          choose(active);
          return true;
        }
        forget(); // the form is sent, and who comes back finds no open list
        return false;
      case "Escape":
      case "Alt+ArrowUp":
        forget();
        return true;
      case "Home":
      case "End":
      case "ArrowLeft":
      case "ArrowRight":
        activate(-1); // back into the text, where the cursor moves
        return false;
      default:
        return false;
    }
  }
}

/** Where a place belongs: the form's question for one, if that is another than this. */
function placeField(input: HTMLInputElement): HTMLInputElement | null {
  const near = input.form?.elements.namedItem("near");
  return near instanceof HTMLInputElement && near !== input ? near : null;
}

/** A listbox needs a name; the question it answers is the best one. */
function nameAfter(input: HTMLInputElement, list: HTMLElement): void {
  const label = input.labels?.[0];
  const names = input.getAttribute("aria-labelledby");
  if (names) {
    list.setAttribute("aria-labelledby", names);
  } else if (label) {
    label.id ||= `${list.id}-label`;
    list.setAttribute("aria-labelledby", label.id);
  } else {
    list.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.name);
  }
}

function announcement(input: HTMLInputElement, n: number): string {
  const { suggestNone, suggestOne, suggestSome } = input.dataset;
  const text = n === 0 ? suggestNone : n === 1 ? suggestOne : suggestSome;
  return text?.replace("{n}", String(n)) ?? "";
}

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** A label with what was typed marked in it, where it is there: accents and capitals aside, and of "pad ly" the "ly". */
function marked(label: string, typed: string): (string | HTMLElement)[] {
  const letters = [...label];
  const inLabel = letters.map(plain).join("");
  const words = typed.split(" ").map((word) => [...word].map(plain).join(""));
  while (words.length > 0) {
    const sought = words.join(" ");
    const at = sought ? inLabel.indexOf(sought) : -1;
    if (at >= 0) {
      const end = at + sought.length;
      return [
        letters.slice(0, at).join(""),
        element("mark", "", letters.slice(at, end).join("")),
        letters.slice(end).join(""),
      ];
    }
    words.shift();
  }
  return [label];
}

/** One unit for each letter, so that places in the plain text are places among the letters. */
const plain = (letter: string): string => letter.normalize("NFD").charAt(0).toLowerCase().charAt(0);
