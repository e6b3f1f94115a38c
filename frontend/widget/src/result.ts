import { h } from "./dom";
import type { Found } from "./found";
import { island } from "./island";
import type { Key, Words } from "./words";

/** How many reasons are shown before "why?" is opened. */
const REASONS_SHOWN = 3;

const STANDINGS: Record<string, Key> = {
  anchor: "standing.anchor",
  confirmed: "standing.confirmed",
  claimed: "standing.claimed",
  reported: "standing.reported",
  unknown: "standing.unknown",
};

/** One result, as a line of a pilot's book; `choose` says whether its button may still lead there. */
export function entry(
  found: Found,
  words: Words,
  node: string,
  choose: (found: Found) => boolean,
): HTMLElement {
  const { name, hoster, hosterName, town, price, reasons } = found;
  const at = h("span", { part: "hoster" }, `${words.t("result.at")} ${hosterName}${town ? `, ${town}` : ""}`);
  const page = new URL(`/${words.language}/services/${encodeURIComponent(found.service)}`, node);
  const title = h("a", { part: "name", class: "name", href: page.href, rel: "noreferrer" }, name);
  const standing = STANDINGS[found.standing];
  const more = reasons.slice(REASONS_SHOWN);
  const label = `${words.t("result.why")} ${name}, ${words.t("result.at")} ${hosterName}`;
  return h(
    "li",
    { part: "result" },
    island(hoster),
    h(
      "div",
      { class: "what" },
      h("p", { class: "head" }, title, " ", at),
      h(
        "ul",
        { class: "reasons", part: "reasons" },
        ...reasons.slice(0, REASONS_SHOWN).map((reason) => h("li", {}, reason)),
      ),
      price ? h("p", { part: "price" }, words.t("embed.price", { price })) : null,
      standing ? h("p", { class: "quiet", part: "standing" }, words.t(standing)) : null,
      more.length > 0
        ? h(
            "details",
            { part: "why" },
            h("summary", { "aria-label": label }, words.t("result.why")),
            h("ul", { class: "reasons" }, ...more.map((reason) => h("li", {}, reason))),
          )
        : null,
    ),
    button(found, words, choose),
  );
}

function button(found: Found, words: Words, choose: (found: Found) => boolean): HTMLElement {
  const { url, name, hosterName } = found;
  if (!url) return h("p", { class: "quiet" }, words.t("result.nowhere"));
  const label = words.t("result.go.label", { name, hoster: hosterName });
  const go = h(
    "a",
    { class: "go", part: "go", href: url, rel: "noreferrer", "aria-label": label },
    words.t("result.go"),
  );
  go.addEventListener("click", (event) => {
    if (!choose(found)) event.preventDefault();
  });
  return go;
}
