/**
 * Two elements that help people find a small hoster: `<find-a-hoster>` and `<service-closing>`.
 *
 * Whoever imports this has both defined, once, however often it is loaded.
 */
import type * as published from "../index";
import { canBeStyled } from "./asking";
import { FindAHoster } from "./find_a_hoster";
import { ServiceClosing } from "./service_closing";

const elements: typeof published = { FindAHoster, ServiceClosing };

// On a server, and in browsers that are too old, the children stay what they are.
if (typeof customElements !== "undefined" && canBeStyled()) {
  if (!customElements.get("find-a-hoster")) customElements.define("find-a-hoster", elements.FindAHoster);
  if (!customElements.get("service-closing"))
    customElements.define("service-closing", elements.ServiceClosing);
}

export { FindAHoster, ServiceClosing };
