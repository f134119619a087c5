/** C2SP signed notes, vkeys and cosignatures (https://c2sp.org/signed-note, /tlog-cosignature).
 *
 * Signatures of type 0x01 (over the text) and 0x04 (over a time and the text) are checked; lines by keys
 * that nobody asked for are passed over, as the format demands.
 */
import { bytesOf, equal, fromBase64, toBase64, toHex, joined, type Bytes } from "./bytes";
import { holds, isValidKey, SIGNATURE_BYTES } from "./ed25519";
import { sha256 } from "./hashes";
import { Refused } from "./refused";

export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
const NOTE_LENGTH_MAX = 1_000_000;
const SIGNATURES_MAX = 100;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
const TIME_S_MAX = 2n ** 63n - 1n;
const DASH = "— ";

export interface VerifierKey {
  readonly name: string;
  readonly algorithm: number;
  readonly publicKey: Bytes;
  readonly keyId: Bytes;
}

export interface Signature {
  readonly name: string;
  readonly keyId: Bytes;
  readonly signature: Bytes;
}

export interface Note {
  readonly text: string; // ends with a newline
  readonly signatures: readonly Signature[]; // as found, unchecked
}

/** A known key whose signature holds; a cosignature tells its time, POSIX seconds. */
export interface Signer {
  readonly key: VerifierKey;
  readonly time_s: bigint | undefined;
}

/** Reads a vkey of type 0x01 or 0x04. Refuses `bad_vkey` (whole, but of another type: with `type`) and `bad_key`. */
export async function verifierKey(vkey: string): Promise<VerifierKey> {
  const [name = "", keyId = "", ...rest] = vkey.split("+");
  const typedKey = rest.length ? orRefuse(() => fromBase64(rest.join("+")), "bad_vkey") : new Uint8Array();
  const [algorithm] = typedKey;
  if (!isKeyName(name) || algorithm === undefined) throw new Refused("bad_vkey");
  const publicKey = typedKey.slice(1);
  const hash = await sha256(joined(bytesOf(`${name}\n`), typedKey));
  const key = { name, algorithm, publicKey, keyId: hash.slice(0, KEY_ID_BYTES) };
  if (toHex(key.keyId) !== keyId) throw new Refused("bad_vkey");
  if (algorithm !== ED25519 && algorithm !== COSIGNATURE) throw new Refused("bad_vkey", { type: algorithm });
  if (!isValidKey(publicKey)) throw new Refused("bad_key");
  return key;
}

export function vkeyOf(key: VerifierKey): string {
  return `${key.name}+${toHex(key.keyId)}+${toBase64(joined(Uint8Array.of(key.algorithm), key.publicKey))}`;
}

export function isSameKey(one: VerifierKey, other: VerifierKey): boolean {
  return one.name === other.name && one.algorithm === other.algorithm && equal(one.publicKey, other.publicKey);
}

/** Refuses `bad_note`. Nothing in it is to be believed before `signers`. */
export function parsed(note: string): Note {
  const gap = note.lastIndexOf("\n\n");
  const text = note.slice(0, gap + 1);
  const below = note.slice(gap + 2);
  const fits = [...note].length <= NOTE_LENGTH_MAX;
  if (!fits || gap < 0 || text.length < 2 || !isClean(text) || !below.endsWith("\n")) throw new Refused("bad_note");
  const lines = below.slice(0, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) throw new Refused("bad_note");
  return { text, signatures: lines.map(signatureIn) };
}

/** Who of the known signed, each once; who cosigned twice counts with the earlier time.
 *
 * A line by a known key must hold; one that does not spoils the note (`bad_signature`). Lines by others
 * count nothing, and where nobody else signed the note is `unsigned`.
 */
export async function signers(note: Note, known: readonly VerifierKey[]): Promise<Signer[]> {
  const found: Signer[] = [];
  for (const line of note.signatures) {
    const key = known.find((one) => one.name === line.name && equal(one.keyId, line.keyId));
    if (!key) continue;
    const time_s = await held(line, key, note.text);
    const at = found.findIndex((signer) => isSameKey(signer.key, key));
    const before = found[at]?.time_s;
    if (at < 0) found.push({ key, time_s });
    else if (time_s !== undefined && before !== undefined && time_s < before) found[at] = { key, time_s };
  }
  if (!found.length) throw new Refused("unsigned");
  return found;
}

/** Without Unicode spaces, plus and control characters, and not empty. */
export function isKeyName(name: string): boolean {
  return name !== "" && !name.includes("+") && !/\p{White_Space}/u.test(name) && isClean(name);
}

function signatureIn(line: string): Signature {
  const last = line.lastIndexOf(" ");
  const name = line.slice(DASH.length, Math.max(last, DASH.length));
  const blob = orRefuse(() => fromBase64(line.slice(last + 1)), "bad_note");
  if (!line.startsWith(DASH) || !isKeyName(name) || blob.length <= KEY_ID_BYTES) throw new Refused("bad_note");
  return { name, keyId: blob.slice(0, KEY_ID_BYTES), signature: blob.slice(KEY_ID_BYTES) };
}

async function held(line: Signature, key: VerifierKey, text: string): Promise<bigint | undefined> {
  let [time_s, signature, signed]: [bigint | undefined, Bytes, string] = [undefined, line.signature, text];
  if (key.algorithm === COSIGNATURE) {
    time_s = signature.slice(0, TIME_BYTES).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    signature = signature.slice(TIME_BYTES);
    signed = `cosignature/v1\ntime ${time_s}\n${text}`;
  }
  const fits = signature.length === SIGNATURE_BYTES && (time_s ?? 0n) <= TIME_S_MAX;
  if (!fits || !(await holds(signature, bytesOf(signed), key.publicKey))) {
    throw new Refused("bad_signature", { name: key.name });
  }
  return time_s;
}

/** Valid Unicode without control characters of ASCII but the newline. */
function isClean(text: string): boolean {
  return !/[\p{Surrogate}\0-\x09\x0b-\x1f]/u.test(text);
}

export function orRefuse<T>(read: () => T, code: string, facts: Record<string, string | number> = {}): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) throw new Refused(code, facts);
    throw error;
  }
}
