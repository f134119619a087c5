// Words come from the page in its language (json_script "words"); the script itself speaks none.
export type Words = Record<string, string>;

let known: Words | undefined;

export function words(): Words {
  if (!known) {
    const block = document.getElementById("words");
    known = block?.textContent ? (JSON.parse(block.textContent) as Words) : {};
  }
  return known;
}

export function say(key: string, facts: Record<string, string | number> = {}): string {
  const text = words()[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(facts[name] ?? whole));
}

/** How long ago, in the page's words: "4 menit lalu". `age_s` in seconds. */
export function sayAge(age_s: number): string {
  if (age_s < 60) return say("seconds_ago", { n: Math.max(0, Math.floor(age_s)) });
  if (age_s < 3600) return say("minutes_ago", { n: Math.floor(age_s / 60) });
  if (age_s < 48 * 3600) return say("hours_ago", { n: Math.floor(age_s / 3600) });
  return say("days_ago", { n: Math.floor(age_s / 86400) });
}
