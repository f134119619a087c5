/** A file that proves one entry without asking anybody (https://c2sp.org/tlog-proof). */
import { fromBase64, type Bytes } from "./bytes";
import { decimal, headIn, type Head } from "./checkpoint";
import { HASH_BYTES } from "./hashes";
import { isSameKey, orRefuse, parsed, signers } from "./note";
import { isSatisfied, type Policy } from "./policy";
import { Refused } from "./refused";
import { checkInclusion } from "./tree";

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const HASHES_MAX = 63;
const PROOF_LENGTH_MAX = 1_000_000;

export interface Proof {
  readonly index: bigint;
  readonly hashes: readonly Bytes[];
  readonly checkpoint: string;
  readonly extra: Bytes | undefined;
}

/** The head of a log that holds the leaf, and who of the policy's witnesses cosigned it, when (POSIX). */
export interface Proven {
  readonly head: Head;
  readonly times_s: ReadonlyMap<string, bigint>;
}

/** Refuses `bad_tlog_proof`. Nothing in it is to be believed before `checked`. */
export function proofIn(told: string): Proof {
  const gap = told.indexOf("\n\n");
  const [first, ...lines] = told.slice(0, Math.max(gap, 0)).split("\n");
  demand([...told].length <= PROOF_LENGTH_MAX && gap >= 0 && first === FIRST_LINE);
  let extra: Bytes | undefined;
  if (lines[0]?.startsWith("extra ")) extra = base64(lines.shift()!.slice("extra ".length));
  const line = lines.shift() ?? "";
  demand(line.startsWith("index ") && lines.length <= HASHES_MAX);
  const index = orRefuse(() => decimal(line.slice("index ".length)), "bad_tlog_proof");
  const hashes = lines.map(base64);
  demand(hashes.every((hash) => hash.length === HASH_BYTES));
  return { index, hashes, checkpoint: told.slice(gap + 2), extra };
}

/** What the proof proves of this leaf to those who trust `policy`.
 *
 * Refuses, in this order: `bad_note` and `bad_checkpoint`, `log_unknown`, `bad_signature`, `unsigned`,
 * `quorum_missing`, `bad_proof`.
 */
export async function checked(proof: Proof, leaf: Uint8Array, policy: Policy, now_s?: bigint): Promise<Proven> {
  const signed = parsed(proof.checkpoint);
  const head = headIn(signed.text);
  const logKeys = policy.logs.map((log) => log.key).filter((key) => key.name === head.origin);
  if (!logKeys.length) throw new Refused("log_unknown", { origin: head.origin });
  const found = await signers(signed, [...logKeys, ...policy.witnesses.map((witness) => witness.key)]);
  if (!found.some((signer) => logKeys.some((key) => isSameKey(key, signer.key)))) {
    throw new Refused("unsigned", { origin: head.origin });
  }
  const times_s = new Map<string, bigint>();
  for (const witness of policy.witnesses) {
    const time_s = found.find((signer) => isSameKey(signer.key, witness.key))?.time_s;
    if (time_s !== undefined && (now_s === undefined || time_s <= now_s)) times_s.set(witness.name, time_s);
  }
  if (!isSatisfied(policy, new Set(times_s.keys()))) {
    throw new Refused("quorum_missing", { quorum: policy.quorum, cosigned: [...times_s.keys()].sort().join(", ") });
  }
  await checkInclusion(leaf, proof.index, head.size, proof.hashes, head.root);
  return { head, times_s };
}

function base64(line: string): Bytes {
  return orRefuse(() => fromBase64(line), "bad_tlog_proof");
}

function demand(holds: boolean): void {
  if (!holds) throw new Refused("bad_tlog_proof");
}
