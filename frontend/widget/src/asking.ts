import type { State } from "../index";
import { ask, Failure } from "./ask";
import { h } from "./dom";
import { nodeOf } from "./origin";
import css from "./widget.css?inline";
import { languageAround, Words } from "./words";

/** Whoever renders pages on a server may load this file there: it does nothing then. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Whether this browser takes a style sheet that no content security policy has to allow. */
export const canBeStyled = (): boolean => "adoptedStyleSheets" in Document.prototype;

let sheet: CSSStyleSheet | undefined;

/** One for all elements of a page. */
function style(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

/**
 * An element that asks a node one question and shows the answer in a shadow root.
 *
 * Its children stay until there is an answer, and come back if a later question has none. Of several questions
 * the last one wins; what was asked before it is given up.
 */
export abstract class AskingElement extends Base {
  static readonly observedAttributes: string[] = [];

  #state: State = "waiting";
  #asking: AbortController | undefined;
  #isDue = false;
  /** What is shown, and what was asked for it: the same is not asked again. */
  #answered: { address: string; answer: unknown } | null = null;
  readonly #shadow: ShadowRoot;

  constructor() {
    super();
    this.#shadow = this.attachShadow({ mode: "open" });
    this.#shadow.adoptedStyleSheets = [style()];
    this.#fallBack();
  }

  /** The node's address; without one, the script's own node is asked. */
  get node(): string {
    return this.getAttribute("node") ?? "";
  }

  set node(value: string | null) {
    this.reflect("node", value);
  }

  /** `light` or `dark`; else the page's own `color-scheme`. */
  get theme(): string {
    return this.getAttribute("theme") ?? "";
  }

  set theme(value: string | null) {
    this.reflect("theme", value);
  }

  /** A town, a postcode or `latitude,longitude`. */
  get near(): string {
    return this.getAttribute("near") ?? "";
  }

  set near(value: string | null) {
    this.reflect("near", value);
  }

  /** What is shown now. */
  get state(): State {
    return this.#state;
  }

  connectedCallback(): void {
    // What a framework set before this class was there lies on the element itself, above the setters.
    const { observedAttributes } = this.constructor as typeof AskingElement;
    for (const name of [...observedAttributes, "theme"]) {
      const value = Object.getOwnPropertyDescriptor(this, name)?.value;
      if (value === undefined) continue;
      delete (this as Record<string, unknown>)[name];
      this.reflect(name, String(value));
    }
    this.#askSoon();
  }

  disconnectedCallback(): void {
    this.#asking?.abort();
  }

  attributeChangedCallback(_: string, before: string | null, now: string | null): void {
    if (before !== now && this.isConnected) this.#askSoon();
  }

  /** The path and query of the question; null if the element does not say what it asks for. */
  protected abstract question(words: Words): string | null;

  /** Draws an answer, or refuses to by a {@link Failure}; says whether there is anything to choose. */
  protected abstract draw(
    answer: unknown,
    words: Words,
    node: string,
  ): { box: HTMLElement; isEmpty: boolean };

  /** Says that there is no answer. */
  protected abstract tellFailure(failure: Failure): void;

  /** Says what is shown. */
  protected abstract tellShown(): void;

  /** What becomes of an answer that whoever is here asked for and did not get; true if it is shown in place. */
  protected keepInPlace(_: Failure, __: Words): boolean {
    return false;
  }

  protected reflect(name: string, value: string | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  protected tell<Detail>(name: string, detail: Detail, cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, cancelable, detail }));
  }

  /** Asks, if that was not what is shown, and shows it. */
  protected async ask(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const words = new Words(languageAround(this));
    try {
      const node = nodeOf(this.getAttribute("node"));
      const question = this.question(words);
      if (!node || !question) throw new Failure("unasked");
      const address = new URL(question, node);
      const known = this.#answered?.address === address.href ? this.#answered : null;
      const answer = known ? known.answer : await ask(address, asking.signal);
      if (asking.signal.aborted) return;
      const { box, isEmpty } = this.draw(answer, words, node);
      this.#answered = { address: address.href, answer };
      this.#state = isEmpty ? "nothing" : "shown";
      this.#show(box, isEmpty);
      this.tellShown();
    } catch (error) {
      if (asking.signal.aborted) return;
      const failure = error instanceof Failure ? error : new Failure("nonsense");
      if (!this.keepInPlace(failure, words)) {
        this.#answered = null;
        this.#state = "failed";
        this.#fallBack();
      }
      this.tellFailure(failure);
    }
  }

  /** Attributes that change together are one question. */
  #askSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected) void this.ask();
    });
  }

  #fallBack(): void {
    this.#shadow.replaceChildren(h("slot", { name: "title" }), h("slot"));
  }

  /** Where there is nothing to choose, the children's own way on is shown, too. */
  #show(box: HTMLElement, withChildren: boolean): void {
    // What is in its place already keeps the focus.
    if (this.#shadow.firstChild !== box) this.#shadow.replaceChildren(box, h("slot"));
    const children = this.#shadow.lastElementChild as HTMLSlotElement;
    children.hidden = !withChildren;
  }
}
