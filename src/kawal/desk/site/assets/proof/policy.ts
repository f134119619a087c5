/** Whom one trusts: which logs, which witnesses, and how many of them must have cosigned.
 *
 * Source: https://c2sp.org/tlog-policy; the rules and codes of rules/ledger/policy.py.
 */
import { equal } from "./bytes";
import { COSIGNATURE, verifierKey, type VerifierKey } from "./note";
import { Refused } from "./refused";

const NONE = "none";
const LINES_MAX = 10_000;

export interface Log {
  readonly key: VerifierKey; // its name is the origin of the log
  readonly url: string | undefined;
}

export interface Witness {
  readonly name: string; // in this policy; the name of its key is another
  readonly key: VerifierKey;
  readonly url: string | undefined;
}

export interface Group {
  readonly name: string;
  readonly least: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly quorum: string;
  readonly logs: readonly Log[];
  readonly witnesses: readonly Witness[];
  readonly groups: readonly Group[]; // members before the groups they are in
}

/** Whether these witnesses, by their names in this policy, are enough. */
export function isSatisfied(policy: Policy, names: ReadonlySet<string>): boolean {
  const seen = new Set(policy.witnesses.map((witness) => witness.name).filter((name) => names.has(name)));
  for (const group of policy.groups) {
    if (group.members.filter((member) => seen.has(member)).length >= group.least) seen.add(group.name);
  }
  return policy.quorum === NONE || seen.has(policy.quorum);
}

/** Refuses `bad_policy`: the `line` (its number, from 1) and the reason, a stable word, as `detail`. */
export async function policyIn(text: string): Promise<Policy> {
  const lines = text.split("\n");
  if (lines.length > LINES_MAX) throw wrong("too_long", LINES_MAX);
  const reader = new Reader();
  for (const [at, line] of lines.entries()) {
    const number = at + 1;
    if (/[\0-\x08\x0b-\x1f\x7f]/.test(line)) throw wrong("control_character", number);
    const items = line.split(/[ \t]+/).filter((item) => item !== "");
    if (items.length && !items[0]!.startsWith("#")) await reader.take(items, number);
  }
  const { quorum, logs, witnesses, groups } = reader;
  if (quorum === undefined) throw wrong("no_quorum", lines.length);
  return { quorum, logs, witnesses, groups };
}

class Reader {
  quorum: string | undefined;
  readonly logs: Log[] = [];
  readonly witnesses: Witness[] = [];
  readonly groups: Group[] = [];
  private readonly defined = new Set([NONE]);
  private readonly placed = new Set([NONE]); // no more to be the member of a group
  private number = 0;

  async take([word = "", ...rest]: string[], number: number): Promise<void> {
    this.number = number;
    const count = rest.length;
    if (word === "log" && count >= 1 && count <= 2) await this.log(rest[0]!, rest[1]);
    else if (word === "witness" && count >= 2 && count <= 3) await this.witness(rest[0]!, rest[1]!, rest[2]);
    else if (word === "group" && count >= 3) this.group(rest[0]!, rest[1]!, rest.slice(2));
    else if (word === "quorum" && count === 1) this.takeQuorum(rest[0]!);
    else this.demand(false, ["log", "witness", "group", "quorum"].includes(word) ? "items" : "unknown_word");
  }

  private async log(vkey: string, url: string | undefined): Promise<void> {
    const key = await this.key(vkey);
    this.demand(!this.logs.some((log) => equal(log.key.publicKey, key.publicKey)), "log_twice");
    this.logs.push({ key, url });
  }

  private async witness(name: string, vkey: string, url: string | undefined): Promise<void> {
    this.define(name);
    const key = await this.key(vkey);
    this.demand(key.algorithm === COSIGNATURE, "key_type");
    this.demand(!this.witnesses.some((one) => equal(one.key.publicKey, key.publicKey)), "witness_twice");
    this.witnesses.push({ name, key, url });
  }

  private group(name: string, least: string, members: string[]): void {
    for (const member of members) {
      this.demand(this.defined.has(member) && member !== NONE, "name_unknown");
      this.demand(!this.placed.has(member), "member_twice");
      this.placed.add(member);
    }
    this.define(name);
    const told = /^[1-9][0-9]{0,8}$/.test(least) ? Number(least) : 0;
    const wanted = least === "all" ? members.length : least === "any" ? 1 : told;
    this.demand(wanted >= 1 && wanted <= members.length, "group_size");
    this.groups.push({ name, least: wanted, members });
  }

  private takeQuorum(name: string): void {
    this.demand(this.quorum === undefined, "quorum_twice");
    this.demand(this.defined.has(name), "name_unknown");
    this.quorum = name;
  }

  private define(name: string): void {
    this.demand(!this.defined.has(name), "name_twice");
    this.defined.add(name);
  }

  private async key(vkey: string): Promise<VerifierKey> {
    try {
      return await verifierKey(vkey);
    } catch (error) {
      if (error instanceof Refused) throw wrong("type" in error.facts ? "key_type" : error.code, this.number);
      throw error;
    }
  }

  private demand(holds: boolean, detail: string): void {
    if (!holds) throw wrong(detail, this.number);
  }
}

function wrong(detail: string, line: number): Refused {
  return new Refused("bad_policy", { line, detail });
}
