import { expect, it } from "vitest";

it("finds its places in the page by their attributes, and leaves the rest of the page alone", async () => {
  document.body.innerHTML = `<input data-suggest="/api/v1/places?lang=en" name="near"><input name="q">`;
  await import("./site");
  const roles = [...document.querySelectorAll("input")].map((input) => input.getAttribute("role"));
  expect(roles).toEqual(["combobox", null]);
});
