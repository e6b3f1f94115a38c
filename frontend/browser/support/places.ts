import { expect } from "vitest";
import type { Visit } from "./chromium";

export type Language = "fr" | "en";
export const LANGUAGES: Language[] = ["fr", "en"];

/** A page in the state that is looked at. */
export interface Place {
  /** A word for file names and failures. */
  name: string;
  /** Leads there; an answer with another status than the place's own is a failure. */
  show(visit: Visit): Promise<void>;
}

/** A place that has an address. */
export function asked(name: string, path: string, status = 200): Place {
  return { name, show: (visit) => visit.open(path, status) };
}

/**
 * Every kind of page a visitor meets on a collective's node with the demo's data, in one language. A service, a hoster and a
 * collective are found as a visitor finds them.
 */
export async function everyKindOfPage(visit: Visit, language: Language): Promise<Place[]> {
  const base = `/${language}`;
  const services = `${base}/services?need=pads`;
  await visit.open(services);
  const service = await firstPath(visit, `.result a[href^="${base}/services/"]`);
  await visit.open(service);
  const hoster = await firstPath(visit, `a[href^="${base}/hosters/"]`);
  await visit.open(`${base}/collectives`);
  const collective = await firstPath(visit, `a[href^="${base}/collectives/"]`);
  return [
    asked("home", `${base}/`),
    asked("departures", `${base}/leave`),
    asked("leave-framadate", `${base}/leave/framadate?near=Lyon`),
    asked("leave-only-suites", `${base}/leave/framindmap`),
    asked("leave-nobody", `${base}/leave/framatrad?near=Nantes`),
    asked("leave-brand", `${base}/leave/google-docs`),
    asked("services", services),
    asked("services-near", `${base}/services?need=pads&near=Lyon`),
    asked("services-other-places", `${base}/services?q=sondage&near=Saint-Denis`),
    asked("services-filtered", `${base}/services?need=pads&near=Nantes&registration=none`),
    asked("services-none", `${base}/services?q=xyzzy`),
    asked("map", `${base}/map`),
    asked("map-near", `${base}/map?need=pads&near=Lyon`),
    asked("map-none", `${base}/map?q=xyzzy`),
    asked("service", service),
    asked("hoster", hoster),
    asked("collectives", `${base}/collectives`),
    asked("collective", collective),
    asked("charter", `${base}/charter`),
    asked("closings", `${base}/closings`),
    asked("join", `${base}/join`),
    asked("widget", `${base}/widget?what=framadate&near=Lyon`),
    asked("widget-banner", `${base}/widget?kind=banner&what=framadate&pinned=1&on=2099-03-31`),
    asked("widget-banner-missing", `${base}/widget?kind=banner`),
    asked("widget-frame", `${base}/widget?kind=iframe&limit=1`),
    asked("widget-form", `${base}/widget?kind=form`),
    asked("widget-link", `${base}/widget?kind=link`),
    asked("widget-badge", `${base}/widget?kind=badge&hoster=adminforge`),
    asked("embed", `/embed?leave=framadate&near=Lyon&lang=${language}`),
    asked("embed-dark", `/embed?need=pads&lang=${language}&theme=dark`),
    asked("embed-none", `/embed?leave=framatrad&lang=${language}`),
    asked("error-embed-place", `/embed?need=pads&near=Lyonn&lang=${language}`, 404),
    asked("error-embed-need", `/embed?need=pols&lang=${language}`, 404),
    asked("error-embed-unasked", `/embed?lang=${language}`, 400),
    asked("error-widget", `${base}/widget?what=pols&near=Lyonn&hoster=adminforg`, 404),
    asked("api", `${base}/api`),
    asked("about", `${base}/about`),
    asked("check", `${base}/check`),
    asked("check-seen", `${base}/check?url=adminforge.de`),
    asked("report", `${service}/report`),
    {
      name: "report-refused",
      async show(visit) {
        await visit.open(`${service}/report`);
        await visit.send(visit.page.locator("main form button"), 422);
      },
    },
    asked("report-sent", `${service}/report?sent=kept`),
    asked("error-check-unknown", `${base}/check?url=nobody.example`, 404),
    asked("error-check-nonsense", `${base}/check?url=nothing`, 400),
    asked("error-nowhere", `${base}/nowhere`, 404),
    asked("error-unknown-place", `${base}/services?q=pad&near=Lyonn`, 404),
    asked("error-map", `${base}/map?zoom=99`, 400),
    asked("error-parameters", `${base}/services?limit=0&within=abc`, 400),
  ];
}

async function firstPath({ page }: Visit, selector: string): Promise<string> {
  const links = page.locator(selector);
  expect(await links.count(), `links ${selector} on ${page.url()}`).toBeGreaterThan(0);
  return (await links.first().getAttribute("href")) ?? "";
}
