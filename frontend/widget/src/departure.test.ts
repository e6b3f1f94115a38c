import { expect, it } from "vitest";
import { daysUntil, readDeparture } from "./departure";

it("counts the days that are left by the calendar, whatever the hour", () => {
  const last = new Date("2027-03-31T00:00:00Z");
  expect(daysUntil(last, new Date(2027, 2, 31, 23, 59))).toBe(0);
  expect(daysUntil(last, new Date(2027, 2, 30, 0, 1))).toBe(1);
  expect(daysUntil(last, new Date(2027, 3, 1, 0, 1))).toBe(-1);
  expect(daysUntil(last, new Date(2026, 2, 31, 12, 0))).toBe(365);
});

it("reads of a departure what it knows, and nothing from something else", () => {
  expect(
    readDeparture({ name: "Framapad", status: "maintained", announced_close: "soon", export: 3 }),
  ).toEqual({
    name: "Framapad",
    isClosed: false,
    isRestricted: false,
    announced: null,
    wayOut: null,
  });
  for (const nonsense of [null, [], "Framapad", { name: 3 }, { name: " " }])
    expect(readDeparture(nonsense)).toBeNull();
});
