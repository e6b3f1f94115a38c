import type { Closing, Failed } from "../index";
import { Failure } from "./ask";
import { AskingElement } from "./asking";
import { type Departure, daysUntil, readDeparture } from "./departure";
import { h } from "./dom";
import { day } from "./reading";
import type { Words } from "./words";

/**
 * `<service-closing departure="framapad">`: what closes, when, how to take one's data along, and what to do next.
 *
 * It cannot be closed: that would have to be kept somewhere, and nothing is kept in the browsers of visitors.
 */
export class ServiceClosing extends AskingElement {
  static override readonly observedAttributes = ["departure", "on", "near", "lang", "node"];

  #told: Closing | undefined;

  /** The service's identifier: `framapad`. */
  get departure(): string {
    return this.getAttribute("departure") ?? "";
  }

  set departure(value: string | null) {
    this.reflect("departure", value);
  }

  /** Its last day, as `2027-03-31`: whoever closes it knows better than a directory. */
  get on(): string {
    return this.getAttribute("on") ?? "";
  }

  set on(value: string | null) {
    this.reflect("on", value);
  }

  protected override question({ language }: Words): string | null {
    if (!this.departure) return null;
    return `/api/v1/departures/${encodeURIComponent(this.departure)}?lang=${language}`;
  }

  protected override draw(json: unknown, words: Words, node: string) {
    const departure = readDeparture(json);
    if (!departure) throw new Failure("nonsense");
    const near = this.near ? `?${new URLSearchParams({ near: this.near })}` : "";
    const guide = new URL(`/${words.language}/leave/${encodeURIComponent(this.departure)}${near}`, node);
    const wayOut = departure.wayOut;
    const news = h("p", { class: "news", part: "news", role: "status" });
    // What is in a live region from the beginning is not told.
    const told = this.#news(departure, words);
    requestAnimationFrame(() => news.append(told));
    const box = h(
      "div",
      { class: "box banner", part: "box", lang: words.language },
      h("div", { class: "title" }, h("slot", { name: "title" })),
      news,
      wayOut ? h("p", { part: "way-out" }, h("b", {}, words.t("embed.way_out")), " ", wayOut) : null,
      h(
        "p",
        { class: "more", part: "more" },
        h("a", { class: "go", part: "go", href: guide.href, rel: "noreferrer" }, words.t("embed.guide")),
      ),
    );
    return { box, isEmpty: false };
  }

  protected override tellShown(): void {
    this.tell("closing-shown", this.#told);
  }

  protected override tellFailure({ reason }: Failure): void {
    this.tell<Failed>("closing-failed", { reason });
  }

  #news(departure: Departure, words: Words): string {
    const { name } = departure;
    const closes = day(this.on) ?? departure.announced;
    const days = closes && daysUntil(closes, new Date());
    const isAhead = closes !== null && days !== null && days >= 0 && !(departure.isClosed && !this.on);
    this.#told = {
      departure: this.departure,
      on: isAhead ? closes.toISOString().slice(0, 10) : null,
      days: isAhead ? days : null,
    };
    if (isAhead) {
      const left =
        days === 0 ? words.t("left.today") : words.counted("left.days.one", "left.days.other", days);
      return words.t("embed.closes", { name, date: words.day(closes), left });
    }
    if (departure.isClosed || day(this.on)) return words.t("embed.closed", { name });
    return words.t(departure.isRestricted ? "embed.restricted" : "embed.leaving", { name });
  }
}
