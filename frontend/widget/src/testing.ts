import { vi } from "vitest";

/** Stands for a node that gives one answer to whatever it is asked; answers the addresses that were. */
export function answering(document: unknown): () => string[] {
  const fetch = vi.fn(async (_: URL, __: RequestInit) => new Response(JSON.stringify(document)));
  vi.stubGlobal("fetch", fetch);
  return () => fetch.mock.calls.map(([address]) => String(address));
}

/** A search's answer. */
export function search(results: unknown[], understood: object = {}) {
  return { total: results.length, results, understood: { place: null, other_places: [], ...understood } };
}

/** One of its results. */
export function result(hoster: string) {
  return {
    id: `${hoster}-polls`,
    name: `Les sondages de ${hoster}`,
    url: `https://${hoster}.example/polls`,
    hoster: { id: hoster, name: `Le nom de ${hoster}`, standing: "confirmed" },
    place: { name: "Lyon" },
    price: null,
    reasons: ["Fait pour cela.", "À 3 km, au nord.", "Sans compte.", "Lu hier."],
  };
}

export function shadow(element: Element): ShadowRoot {
  if (!element.shadowRoot) throw new Error("no shadow root");
  return element.shadowRoot;
}
