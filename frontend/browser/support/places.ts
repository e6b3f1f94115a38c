import { expect } from "vitest";
import type { Visit } from "./chromium";

export type Language = "fr" | "en";
export const LANGUAGES: Language[] = ["fr", "en"];

/** Every kind of page a visitor meets, in one language. A service and a hoster are found as a visitor finds them. */
export async function everyKindOfPage(visit: Visit, language: Language): Promise<string[]> {
  const services = `/${language}/services?need=pads`;
  await visit.open(services);
  const service = await firstPath(visit, `.result a[href^="/${language}/services/"]`);
  await visit.open(service);
  const hoster = await firstPath(visit, `a[href^="/${language}/hosters/"]`);
  return [
    `/${language}/`,
    `/${language}/leave`,
    `/${language}/leave/framadate?near=Lyon`,
    services,
    service,
    hoster,
    `/${language}/about`,
  ];
}

async function firstPath({ page }: Visit, selector: string): Promise<string> {
  const links = page.locator(selector);
  expect(await links.count(), `links ${selector} on ${page.url()}`).toBeGreaterThan(0);
  return (await links.first().getAttribute("href")) ?? "";
}
