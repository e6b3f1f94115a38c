import { givesPosition, roughPosition } from "../../src/position";
import { h } from "./dom";
import type { Words } from "./words";

/** The longest place a node reads, in characters. */
const MAX_PLACE = "300";
/** How many places of the same name are offered. */
const MAX_OTHERS = 4;

/** "Near where?": nothing is sent while somebody types, and the position is asked for by its button only. */
export class PlaceForm {
  readonly element: HTMLFormElement;
  /** The place that is asked for: what was sent last, unless it was refused. */
  near: string;
  #accepted: string;
  readonly #input: HTMLInputElement;
  readonly #error = h("p", { id: "error", class: "error", part: "error", role: "alert", hidden: true });
  readonly #others = h("div", { class: "others", part: "others", hidden: true });
  readonly #send: () => void;

  constructor(words: Words, near: string, send: () => void) {
    this.near = near;
    this.#accepted = near;
    this.#send = send;
    this.#input = h("input", {
      id: "near",
      name: "near",
      part: "input",
      value: near,
      maxlength: MAX_PLACE,
      autocomplete: "address-level2",
      enterkeyhint: "search",
    });
    this.element = h(
      "form",
      { part: "form" },
      h("label", { for: "near", part: "label" }, words.t("leave.near")),
      h("div", { class: "row" }, this.#input, h("button", { part: "button" }, words.t("embed.search"))),
      givesPosition() ? this.#here(words) : null,
      this.#error,
      this.#others,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask(this.#input.value.trim());
    });
  }

  /** Offers places to ask for instead. */
  offer(places: string[], label: string): void {
    const others = places.slice(0, MAX_OTHERS).map((place) => {
      const button = h("button", { type: "button", class: "plain", part: "other" }, place);
      button.addEventListener("click", () => {
        this.#input.focus(); // the button goes
        this.#ask(place);
      });
      return button;
    });
    this.#others.replaceChildren(h("span", {}, label), ...others);
    this.#others.hidden = others.length === 0;
  }

  /** Takes back what was said to be wrong. */
  accept(): void {
    this.#accepted = this.near;
    this.#error.hidden = true;
    this.#input.removeAttribute("aria-invalid");
    this.#input.removeAttribute("aria-describedby");
  }

  /** Says what is wrong with the place, at its field. */
  refuse(sentence: string): void {
    this.near = this.#accepted;
    this.#error.textContent = sentence;
    this.#error.hidden = false;
    this.#input.setAttribute("aria-invalid", "true");
    this.#input.setAttribute("aria-describedby", "error");
  }

  #ask(near: string): void {
    this.near = near;
    this.#input.value = near;
    this.#send();
  }

  #here(words: Words): HTMLButtonElement {
    const button = h("button", { type: "button", class: "plain", part: "here" }, words.t("home.ask.here"));
    button.addEventListener("click", async () => {
      try {
        this.#ask(await roughPosition());
      } catch {
        this.refuse(words.t("home.ask.denied"));
      }
    });
    return button;
  }
}
