// What the hub told the page: its keys at first, and the words, in the page's language.
export interface Told {
  readonly language: string;
  readonly policy: string;
  readonly refused: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, string>>;
  readonly said: Readonly<Record<string, string>>;
  readonly acts: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>>;
}

type Facts = Readonly<Record<string, string | number>>;

let known: Told | undefined;

export function told(): Told {
  known ??= JSON.parse(document.getElementById("verify-told")?.textContent ?? "{}") as Told;
  return known;
}

export function said(key: string, facts: Facts = {}): string {
  return filled(told().said[key] ?? key, facts);
}

export function refusal(code: string, facts: Facts): string {
  const { refused, details } = told();
  const detail = details[String(facts.detail)] ?? facts.detail ?? "";
  const cosigned = facts.cosigned || said("none");
  return filled(refused[code] ?? refused.other ?? code, { code, ...facts, detail, cosigned });
}

/** Date and clock in western Indonesian time, with its name. `at_ms` in Unix milliseconds. */
export function time(at_ms: number): string {
  const language = told().language === "en" ? "en-GB" : told().language; // the clock of the desk has 24 hours
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: "long",
    timeStyle: "medium",
    timeZone: "Asia/Jakarta",
  });
  return `${format.format(at_ms)} WIB`;
}

export function grouped(number: bigint | number): string {
  return new Intl.NumberFormat(told().language).format(number);
}

function filled(text: string, facts: Facts): string {
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(facts[name] ?? whole));
}
