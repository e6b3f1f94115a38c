import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { launchChromium, type Visit, type VisitOptions, visit } from "./chromium";
import { type Founded, startNode, type TestNode } from "./node";

/** One node and one browser for the tests of a file; both are gone when it ends. */
export function nodeAndBrowser() {
  return stageFor(() => startNode());
}

/** The same with a node that was founded. */
export function foundedNodeAndBrowser(kind: Founded) {
  return stageFor(() => startNode(kind));
}

function stageFor(start: () => Promise<TestNode>) {
  let node: TestNode | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    node = await start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    if (node) expect(await node.stop(), "exit code of a node that was asked to stop").toBe(0);
  });

  return {
    origin: () => node?.origin,
    token: () => node?.token ?? "",
    visit: (options?: VisitOptions): Promise<Visit> => {
      if (!node || !browser) throw new Error("visits begin once the tests run");
      return visit(browser, node.origin, options);
    },
  };
}
