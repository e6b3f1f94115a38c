/** How to read what a node answers: it may be any JSON at all. */

/** The longest text that is shown, in characters. */
const MAX_TEXT = 500;
/** The longest list that is read. */
const MAX_ITEMS = 100;

export type Fields = Record<string, unknown>;

/** An object's fields; none if it is something else. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A list's items; none if it is something else. */
export function items(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [];
}

/** A text that says something. */
export function text(value: unknown): string | null {
  if (typeof value !== "string" || value.trim() === "") return null;
  return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
}

export function texts(value: unknown): string[] {
  return items(value)
    .map(text)
    .filter((text) => text !== null);
}

/** How many of something. */
export function count(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** An address on the web, and no other: never `javascript:` or `data:`. */
export function link(value: unknown): string | null {
  if (typeof value !== "string") return null;
  try {
    const url = new URL(value);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A whole day, as midnight of UTC: "2027-03-31". */
export function day(value: unknown): Date | null {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return null;
  const date = new Date(`${value}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value ? null : date;
}
