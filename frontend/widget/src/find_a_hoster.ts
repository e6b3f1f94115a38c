import type { Choice, Failed, Shown } from "../index";
import { Failure } from "./ask";
import { AskingElement } from "./asking";
import { h } from "./dom";
import { type Answer, type Found, readAnswer } from "./found";
import { PlaceForm } from "./place_form";
import { entry } from "./result";
import type { Words } from "./words";

/** How many hosters are shown where nobody says, and at most. */
const DEFAULT_LIMIT = 3;
const MAX_LIMIT = 12;
/** So many services are asked for to find one of each hoster. */
const SERVICES_PER_HOSTER = 3;

/**
 * `<find-a-hoster need="polls" near="Lyon">`: a few hosters that fit, with reasons and a way there.
 *
 * Without `near` it asks whoever is here where they live; what they type goes to the node once they send it.
 */
export class FindAHoster extends AskingElement {
  static override readonly observedAttributes = ["need", "leave", "near", "lang", "limit", "node"];

  #form: PlaceForm | undefined;
  #box: HTMLElement | undefined;
  #drawnFor = "";
  #answer: Answer | undefined;
  /** Whether whoever is here asked, so that they are told what came of it. */
  #isAsked = false;

  /** A need's identifier: `polls`. */
  get need(): string {
    return this.getAttribute("need") ?? "";
  }

  set need(value: string | null) {
    this.reflect("need", value);
  }

  /** The service that people leave: `framadate`. */
  get leave(): string {
    return this.getAttribute("leave") ?? "";
  }

  set leave(value: string | null) {
    this.reflect("leave", value);
  }

  /** How many hosters are shown at most: 1 to 12, else 3. */
  get limit(): number {
    const given = Number.parseInt(this.getAttribute("limit") ?? "", 10);
    return Number.isNaN(given) ? DEFAULT_LIMIT : Math.min(Math.max(given, 1), MAX_LIMIT);
  }

  set limit(value: number | null) {
    this.reflect("limit", value === null ? null : String(value));
  }

  protected override question({ language }: Words): string | null {
    if (!this.need && !this.leave) return null;
    const limit = String(this.limit * SERVICES_PER_HOSTER);
    return `/api/v1/search?${new URLSearchParams({ ...this.#asked(), lang: language, limit })}`;
  }

  protected override draw(json: unknown, words: Words, node: string) {
    const answer = readAnswer(json, this.limit);
    if (!answer) throw new Failure("nonsense");
    this.#answer = answer;
    const isEmpty = answer.found.length === 0;
    const box = this.#frame(words);
    const chosen = (one: Found) => this.#choose(one);
    const results = isEmpty
      ? h("p", { class: "results", part: "none" }, this.#summary(answer, words))
      : h(
          "ol",
          { class: "results", part: "results" },
          ...answer.found.map((one) => entry(one, words, node, chosen)),
        );
    box.querySelector(".results")?.replaceWith(results);
    box.querySelector(".more")?.replaceWith(this.#wayOn(answer, words, node));
    this.#form?.accept();
    this.#form?.offer(answer.otherPlaces, words.t("services.notplace"));
    if (this.#isAsked) this.#say(this.#summary(answer, words));
    return { box, isEmpty };
  }

  protected override keepInPlace(failure: Failure, words: Words): boolean {
    if (!this.#isAsked || !this.#form) return false;
    const { detail, similar } = failure.place ?? { detail: words.t("embed.failed"), similar: [] };
    // Its names stand below it, to be chosen.
    this.#form.refuse(similar.length > 0 ? words.t("error.unknown.near") : detail);
    this.#form.offer(similar, words.t("embed.meant"));
    this.#say("");
    this.#isAsked = false;
    return true;
  }

  protected override tellShown(): void {
    this.#isAsked = false;
    const { total, place, found } = this.#answer as Answer;
    const name = found.length > 0 ? "hosters-shown" : "hosters-none";
    this.tell<Shown>(name, { total, place, services: found.map(({ service }) => service) });
  }

  protected override tellFailure({ reason }: Failure): void {
    this.tell<Failed>("hosters-failed", { reason });
  }

  /** What is asked for, but for the language. */
  #asked(): Record<string, string> {
    const near = this.near || this.#form?.near || "";
    const asked = { need: this.need, leave: this.leave, near };
    return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ""));
  }

  /** What stays while answers come and go: the title, the form, and where it is said what came. */
  #frame(words: Words): HTMLElement {
    const kind = `${words.language} ${this.near === ""}`;
    if (this.#box && this.#drawnFor === kind) return this.#box;
    this.#drawnFor = kind;
    this.#form =
      this.near === ""
        ? new PlaceForm(words, this.#form?.near ?? "", () => this.#askAgain(words))
        : undefined;
    const title = h("p", { part: "title" }, words.t("widget.words"));
    this.#box = h(
      "div",
      { class: "box", part: "box", role: "group", "aria-labelledby": "title", lang: words.language },
      h("div", { id: "title", class: "title" }, h("slot", { name: "title" }, title)),
      this.#form?.element,
      h("p", { class: "hide", role: "status" }),
      h("ol", { class: "results" }),
      h("p", { class: "more" }),
    );
    return this.#box;
  }

  #askAgain(words: Words): void {
    this.#isAsked = true;
    this.#say(words.t("embed.searching"));
    void this.ask();
  }

  #say(sentence: string): void {
    const status = this.#box?.querySelector("[role=status]");
    if (status) status.textContent = sentence;
  }

  /** What came, in a sentence. */
  #summary({ found, place }: Answer, words: Words): string {
    const n = found.length;
    if (place === null) {
      return n === 0 ? words.t("embed.none") : words.counted("embed.found.one", "embed.found.other", n);
    }
    return n === 0
      ? words.t("embed.none.near", { place })
      : words.counted("embed.found.near.one", "embed.found.near.other", n, { place });
  }

  /** To the directory: all that answers there, and who answers here. */
  #wayOn({ total }: Answer, words: Words, node: string): HTMLElement {
    const path = `/${words.language}/services?${new URLSearchParams(this.#asked())}`;
    const label =
      total > 0 ? words.counted("leave.all.one", "leave.all.other", total) : words.t("embed.directory");
    const all = h("a", { part: "all", href: new URL(path, node).href, rel: "noreferrer" }, label);
    return h(
      "p",
      { class: "more", part: "more" },
      all,
      h("span", {}, words.t("embed.by", { node: new URL(node).host })),
    );
  }

  #choose({ service, hoster, url }: Found): boolean {
    return this.tell<Choice>("hoster-chosen", { service, hoster, url: url ?? "" }, true);
  }
}
