/** The site's own sentences. The build keeps only those that are named in this folder (build/words.ts). */
import en from "../../locales/en.json";
import fr from "../../locales/fr.json";

export type Language = "fr" | "en";
export type Key = keyof typeof fr;

const TEXTS: Record<Language, Record<Key, string>> = { fr, en };
/** What stands for people whose language is not known. */
const DEFAULT: Language = "fr";

/** The sentences of one language. */
export class Words {
  readonly language: Language;

  constructor(language: Language) {
    this.language = language;
  }

  /** A sentence with `{name}` replaced. */
  t(key: Key, values: Record<string, string> = {}): string {
    return TEXTS[this.language][key].replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
  }

  /** One of two sentences, by how many there are. */
  counted(one: Key, other: Key, n: number, values: Record<string, string> = {}): string {
    const isOne = n === 1 || (n === 0 && this.language === "fr");
    return this.t(isOne ? one : other, { ...values, n: this.integer(n) });
  }

  /** A whole number with its thousands apart. To make an `Intl.NumberFormat` takes as long as all the rest. */
  integer(n: number): string {
    return String(n).replace(/\B(?=(\d{3})+$)/g, this.language === "fr" ? "\u202f" : ",");
  }

  /** A day that is the same everywhere: "6 juillet 2027", with the number kept beside the month. */
  day(day: Date): string {
    const locale = this.language === "en" ? "en-GB" : this.language;
    const format = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
    return format.format(day).replace(" ", "\u00a0");
  }
}

/** The language of what is around an element, else one that the browser asks for. */
export function languageAround(element: Element): Language {
  const asked = [languageOf(element), ...navigator.languages];
  return asked.map(spoken).find((language) => language !== undefined) ?? DEFAULT;
}

/** The nearest `lang`, out of shadow roots, too. */
function languageOf(element: Element): string {
  const near = element.closest("[lang]")?.getAttribute("lang");
  if (near) return near;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? languageOf(root.host) : "";
}

function spoken(tag: string): Language | undefined {
  const code = tag.toLowerCase().split("-")[0] ?? "";
  return code in TEXTS ? (code as Language) : undefined;
}
