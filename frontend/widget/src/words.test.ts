import { beforeEach, describe, expect, it } from "vitest";
import { languageAround, Words } from "./words";

const [french, english] = [new Words("fr"), new Words("en")];

describe("words", () => {
  it.each([
    [0, "0", "0"],
    [999, "999", "999"],
    [1000, "1\u202f000", "1,000"],
    [1234567, "1\u202f234\u202f567", "1,234,567"],
  ])("have the thousands of %s apart as each language does", (n, inFrench, inEnglish) => {
    expect(french.integer(n)).toBe(inFrench);
    expect(english.integer(n)).toBe(inEnglish);
  });

  it("count as each language does", () => {
    const counted = (words: Words, n: number) => words.counted("embed.found.one", "embed.found.other", n);
    expect([0, 1, 2].map((n) => counted(french, n))).toEqual([
      "0 hébergeur trouvé.",
      "1 hébergeur trouvé.",
      "2 hébergeurs trouvés.",
    ]);
    expect([0, 1, 2].map((n) => counted(english, n))).toEqual([
      "0 hosters found.",
      "1 hoster found.",
      "2 hosters found.",
    ]);
  });

  it("leave a blank that nobody fills, and take nothing from what fills one", () => {
    expect(french.t("embed.by")).toContain("{node}");
    expect(english.t("embed.by", { node: "{node} $& {n}" })).toBe("Source: {node} $& {n}");
  });
});

describe("the language", () => {
  beforeEach(() => {
    document.documentElement.lang = "de";
    document.body.innerHTML = "<div lang='en-GB'><p></p></div><b></b>";
  });

  it("is the nearest that is spoken, out of shadow roots, too", () => {
    const host = document.querySelector("p") as HTMLElement;
    const inside = host.attachShadow({ mode: "open" }).appendChild(document.createElement("i"));
    expect(languageAround(inside)).toBe("en");
  });

  it("is one of the browser's where the page's is not spoken", () => {
    expect(navigator.languages[0]).toBe("en-US");
    expect(languageAround(document.querySelector("b") as HTMLElement)).toBe("en");
  });
});
