/** A receipt: the tlog-proof of one entry that brings the entry along (rules/ledger/receipt.py). */
import { equal, type Bytes } from "./bytes";
import { decode, type Value } from "./codec";
import { check, kidOf, opened } from "./cose";
import { isValidKey, KEY_BYTES } from "./ed25519";
import { HASH_BYTES, leafHash } from "./hashes";
import type { Policy } from "./policy";
import { checked as proofChecked, proofIn, type Proof, type Proven } from "./proof";
import { Refused } from "./refused";

/** What a receipt brings along: the entry, or only its leaf hash. */
export interface Told {
  readonly leafHash: Bytes;
  readonly entry: Bytes | undefined;
  readonly publicKey: Bytes | undefined; // of who signed the entry, where it is an event of a device
}

/** What a receipt proves to those who trust `policy`.
 *
 * Refuses `bad_tlog_proof`, `bad_receipt`, what `proof.checked` refuses, and of the entry, where it comes with
 * a key: `bad_key`, `wrong_key` (not the one that the entry names) and `bad_signature`.
 */
export async function checked(
  text: string,
  policy: Policy,
  now_s?: bigint,
): Promise<{ proof: Proof; told: Told; proven: Proven }> {
  const proof = proofIn(text);
  const told = await toldIn(proof);
  const proven = await proofChecked(proof, told.leafHash, policy, now_s);
  if (told.entry && told.publicKey) {
    const envelope = opened(told.entry);
    if (!isValidKey(told.publicKey)) throw new Refused("bad_key");
    if (!equal(await kidOf(told.publicKey), envelope.kid)) throw new Refused("wrong_key");
    await check(envelope, told.publicKey);
  }
  return { proof, told, proven };
}

/** Refuses `bad_receipt`. Not to be believed before `checked`. */
export async function toldIn(proof: Proof): Promise<Told> {
  const fields = fieldsOf(proof.extra ?? new Uint8Array());
  const keys = [...fields.keys()];
  const [entry, publicKey, hash] = [fields.get(0), fields.get(1), fields.get(2)];
  if (hash && keys.length === 1 && hash.length === HASH_BYTES) {
    return { leafHash: hash, entry: undefined, publicKey: undefined };
  }
  const fits = !keys.some((key) => key !== 0 && key !== 1) && (publicKey?.length ?? KEY_BYTES) === KEY_BYTES;
  if (!entry || !fits) throw new Refused("bad_receipt");
  return { leafHash: await leafHash(entry), entry, publicKey };
}

function fieldsOf(extra: Bytes): Map<Value, Bytes> {
  let value: Value;
  try {
    value = decode(extra);
  } catch (error) {
    throw error instanceof Refused ? new Refused("bad_receipt") : error;
  }
  if (!(value instanceof Map)) throw new Refused("bad_receipt");
  const fields = new Map<Value, Bytes>();
  for (const [key, field] of value) {
    if (!(field instanceof Uint8Array)) throw new Refused("bad_receipt");
    fields.set(key, Uint8Array.from(field));
  }
  return fields;
}
