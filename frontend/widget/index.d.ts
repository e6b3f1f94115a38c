/** Two elements that help people find a small hoster. Importing this package defines both, once. */

export {}; // what is not exported by name stays in here

/** Why there is nothing to show. */
export type Reason =
  /** The element does not say what it asks for, or which node. */
  | "unasked"
  /** Nobody answers, or the page's policy forbids to ask. */
  | "unreachable"
  /** There was no answer within ten seconds. */
  | "late"
  /** The node knows the question and does not answer it: a place or name it does not know, or too many questions. */
  | "refused"
  /** What came is no answer. */
  | "nonsense";

/** What an element shows: `waiting` and `failed` are its children, `nothing` a sentence and its children. */
export type State = "waiting" | "shown" | "nothing" | "failed";

/** `hosters-shown` and `hosters-none`. */
export interface Shown {
  /** How many services answer in all. */
  total: number;
  /** The place as it was understood. */
  place: string | null;
  /** Identifiers of the services that are shown, in their order. */
  services: string[];
}

/** `hosters-failed` and `closing-failed`. */
export interface Failed {
  reason: Reason;
}

/** `hoster-chosen`; whoever prevents its default keeps people where they are. */
export interface Choice {
  /** The service's identifier in the directory, its hoster's, and where the button leads. */
  service: string;
  hoster: string;
  url: string;
}

/** `closing-shown`. */
export interface Closing {
  departure: string;
  /** The day it closes on, as `2027-03-31`; null if none is known or it is past. */
  on: string | null;
  /** How many days are left until then. */
  days: number | null;
}

/** What both elements have. Each property is an attribute of that name; null removes it. */
declare class AskingElement extends HTMLElement {
  /** The node's address; without one, the script's own node is asked. A package has none: it needs this. */
  get node(): string;
  set node(value: string | null);
  /** `light` or `dark`; else the page's own `color-scheme`. */
  get theme(): string;
  set theme(value: string | null);
  /** A town, a postcode or `latitude,longitude`. */
  get near(): string;
  set near(value: string | null);
  /** What is shown now. */
  get state(): State;
}

/** `<find-a-hoster need="polls" near="Lyon">`: a few hosters that fit, with reasons and a way there. */
export class FindAHoster extends AskingElement {
  /** A need's identifier: `polls`. */
  get need(): string;
  set need(value: string | null);
  /** The service that people leave: `framadate`. */
  get leave(): string;
  set leave(value: string | null);
  /** How many hosters are shown at most: 1 to 12, else 3. */
  get limit(): number;
  set limit(value: number | null);
}

/** `<service-closing departure="framapad">`: what closes, when, how to take one's data along, and what to do next. */
export class ServiceClosing extends AskingElement {
  /** The service's identifier: `framapad`. */
  get departure(): string;
  set departure(value: string | null);
  /** Its last day, as `2027-03-31`, where the site knows it better than the directory. */
  get on(): string;
  set on(value: string | null);
}

declare global {
  interface HTMLElementTagNameMap {
    "find-a-hoster": FindAHoster;
    "service-closing": ServiceClosing;
  }
  interface HTMLElementEventMap {
    "hosters-shown": CustomEvent<Shown>;
    "hosters-none": CustomEvent<Shown>;
    "hosters-failed": CustomEvent<Failed>;
    "hoster-chosen": CustomEvent<Choice>;
    "closing-shown": CustomEvent<Closing>;
    "closing-failed": CustomEvent<Failed>;
  }
}
