// @vitest-environment node
import { expect, it } from "vitest";

it("whoever renders pages on a server may import the package there", async () => {
  expect("customElements" in globalThis).toBe(false);
  const { FindAHoster, ServiceClosing } = await import("./index");
  expect([FindAHoster.name, ServiceClosing.name]).toEqual(["FindAHoster", "ServiceClosing"]);
});
