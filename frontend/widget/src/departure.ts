import { day, fields, text } from "./reading";

/** A service that people leave, as the banner tells it. */
export interface Departure {
  name: string;
  isClosed: boolean;
  isRestricted: boolean;
  /** A closing day that was announced, past ones included. */
  announced: Date | null;
  /** How to take the data out. */
  wayOut: string | null;
}

/** Reads an answer of `/api/v1/departures/{slug}`; null if it is none. */
export function readDeparture(json: unknown): Departure | null {
  const departure = fields(json);
  const name = text(departure.name);
  if (!name) return null;
  return {
    name,
    isClosed: departure.status === "closed",
    isRestricted: departure.status === "restricted",
    announced: day(departure.announced_close),
    wayOut: text(fields(departure.export).text),
  };
}

/** How many days are left from now until a day, by the calendar of whoever looks; negative once it is past. */
export function daysUntil(day: Date, now: Date): number {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((day.getTime() - today) / 86_400_000);
}
