import { expect } from "vitest";
import type { Visit } from "./chromium";

export type Language = "fr" | "en";
export const LANGUAGES: Language[] = ["fr", "en"];

/** A page, and what its answer says of itself. */
export interface Place {
  path: string;
  status: number;
}

/** Every kind of page a visitor meets, in one language. A service and a hoster are found as a visitor finds them. */
export async function everyKindOfPage(visit: Visit, language: Language): Promise<Place[]> {
  const services = `/${language}/services?need=pads`;
  await visit.open(services);
  const service = await firstPath(visit, `.result a[href^="/${language}/services/"]`);
  await visit.open(service);
  const hoster = await firstPath(visit, `a[href^="/${language}/hosters/"]`);
  const found = [
    `/${language}/`,
    `/${language}/leave`,
    `/${language}/leave/framadate?near=Lyon`,
    `/${language}/leave/framindmap`, // only through suites
    `/${language}/leave/framatrad?near=Nantes`, // nobody at all
    `/${language}/leave/google-docs`,
    services,
    `/${language}/services?q=sondage&near=Saint-Denis`,
    `/${language}/services?need=pads&near=Nantes&registration=none`,
    `/${language}/services?q=xyzzy`,
    service,
    hoster,
    `/${language}/closings`,
    `/${language}/about`,
    `/${language}/check`,
    `/${language}/check?url=adminforge.de`,
  ];
  const missed = [
    { path: `/${language}/check?url=nobody.example`, status: 404 },
    { path: `/${language}/check?url=nothing`, status: 400 },
    { path: `/${language}/nowhere`, status: 404 },
    { path: `/${language}/services?q=pad&near=Lyonn`, status: 404 },
    { path: `/${language}/services?limit=0&within=abc`, status: 400 },
  ];
  return [...found.map((path) => ({ path, status: 200 })), ...missed];
}

async function firstPath({ page }: Visit, selector: string): Promise<string> {
  const links = page.locator(selector);
  expect(await links.count(), `links ${selector} on ${page.url()}`).toBeGreaterThan(0);
  return (await links.first().getAttribute("href")) ?? "";
}
