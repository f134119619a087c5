/** What the rules refuse, with the same codes as in Python (docs/ledger.md); the page has the words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly facts: Record<string, string | number> = {},
  ) {
    super(`${code} ${JSON.stringify(facts)}`);
  }
}
