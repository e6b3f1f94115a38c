import { count, type Fields, fields, items, link, text, texts } from "./reading";

/** A hoster's service, as it is shown. */
export interface Found {
  /** Identifiers in the directory. */
  service: string;
  hoster: string;
  name: string;
  hosterName: string;
  town: string | null;
  price: string | null;
  standing: string;
  /** In the reader's order, distance and way in among them. */
  reasons: string[];
  url: string | null;
}

/** What a search found. */
export interface Answer {
  /** Of all hosters together. */
  total: number;
  place: string | null;
  /** Places of the same name, as they can be asked for. */
  otherPlaces: string[];
  /** One of each hoster, the best first. */
  found: Found[];
}

/** Reads an answer of `/api/v1/search`; null if it is none. Results that lack a name are left out. */
export function readAnswer(json: unknown, limit: number): Answer | null {
  const answer = fields(json);
  const total = count(answer.total);
  if (total === null || !Array.isArray(answer.results)) return null;
  const understood = fields(answer.understood);
  const found: Found[] = [];
  for (const result of items(answer.results).map(fields)) {
    const one = readFound(result);
    const isKnown = found.some(({ hoster }) => hoster === one?.hoster);
    if (one && !isKnown && found.length < limit) found.push(one);
  }
  return {
    total,
    place: text(fields(understood.place).name),
    otherPlaces: texts(understood.other_places),
    found,
  };
}

function readFound(result: Fields): Found | null {
  const by = fields(result.hoster);
  const [service, name, hoster, hosterName] = [result.id, result.name, by.id, by.name].map(text);
  if (!service || !name || !hoster || !hosterName) return null;
  return {
    service,
    hoster,
    name,
    hosterName,
    town: text(fields(result.place).name),
    price: text(result.price),
    standing: text(by.standing) ?? "",
    reasons: texts(result.reasons),
    url: link(result.url),
  };
}
