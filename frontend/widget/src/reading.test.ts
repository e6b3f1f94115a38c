import { describe, expect, it } from "vitest";
import { day, link, text } from "./reading";

describe("what a node answers", () => {
  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "//pads.example",
    "pads",
    "",
    null,
    4,
    {},
    ["https://a.example"],
  ])("is no link unless it is an address on the web: %j", (value) => {
    expect(link(value)).toBeNull();
  });

  it("is a link if it is one", () => {
    expect(link("https://pads.example/a?b=c")).toBe("https://pads.example/a?b=c");
  });

  it.each(["2027-02-30", "2027-3-1", "2027", "tomorrow", "", null, 20270331])("is no day: %j", (value) => {
    expect(day(value)).toBeNull();
  });

  it("is cut where it never ends", () => {
    expect(text("a".repeat(10_000))?.length).toBeLessThan(1_000);
  });
});
