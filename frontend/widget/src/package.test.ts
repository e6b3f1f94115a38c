import { expect, it } from "vitest";
import manifest from "../custom-elements.json";
import { FindAHoster, ServiceClosing } from "./index";

const told = new Map(manifest.modules[0]?.declarations.map((element) => [element.tagName, element]));

it.each([
  ["find-a-hoster", FindAHoster],
  ["service-closing", ServiceClosing],
])("the manifest names each attribute of <%s>", (name, element) => {
  const attributes = told.get(name)?.attributes.map(({ name }) => name);
  expect(attributes).toEqual(expect.arrayContaining([...element.observedAttributes, "theme"]));
  expect(attributes?.length).toBe(element.observedAttributes.length + 1);
});

it("importing it defines both elements", () => {
  expect(customElements.get("find-a-hoster")).toBe(FindAHoster);
  expect(customElements.get("service-closing")).toBe(ServiceClosing);
});
