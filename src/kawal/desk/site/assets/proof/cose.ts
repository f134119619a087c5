/** COSE_Sign1 (RFC 9052) in the restricted profile KWE-1 (rules/signing/cose.py).
 *
 *     d2 84  4d a2 01 27 04 48 <kid: 8>  a0  <head of payload> <payload>  58 40 <signature: 64>
 */
import { bytesOf, equal, fromHex, joined, type Bytes } from "./bytes";
import { decode, head } from "./codec";
import { holds } from "./ed25519";
import { sha256 } from "./hashes";
import { Refused } from "./refused";

const ENTRY_BYTES_MAX = 65_535;
const START = fromHex("d2844da201270448");
const KID_END = START.length + 8;
const TAIL = 2 + 64;
const SIGNED_START = joined(fromHex("846a"), bytesOf("Signature1"));
const SIGNED_AAD = joined(fromHex("48"), bytesOf("kawal/v1"));

export interface Envelope {
  readonly kid: Bytes;
  readonly payload: Bytes;
  readonly signature: Bytes;
  readonly toBeSigned: Bytes;
}

/** Key id: the first 8 bytes of SHA-256 of the public key. */
export async function kidOf(publicKey: Bytes): Promise<Bytes> {
  return (await sha256(publicKey)).slice(0, 8);
}

/** Structure checked, signature not. Refuses `oversized`, `not_cose`, `unsigned` and what `decode` refuses. */
export function opened(signed: Bytes): Envelope {
  if (signed.length > ENTRY_BYTES_MAX) throw new Refused("oversized");
  const end = signed.length - TAIL;
  const item = signed.slice(KID_END + 1, Math.max(end, 0));
  const fits =
    equal(signed.slice(0, START.length), START) &&
    signed[KID_END] === 0xa0 &&
    end > KID_END + 1 &&
    equal(signed.slice(end, end + 2), Uint8Array.of(0x58, 0x40));
  const start = fits ? payloadStart(item) : undefined;
  if (start === undefined) throw whyNot(signed);
  const kid = signed.slice(START.length, KID_END);
  const toBeSigned = joined(SIGNED_START, START.slice(2), kid, SIGNED_AAD, item);
  return { kid, payload: item.slice(start), signature: signed.slice(-64), toBeSigned };
}

/** Refuses `bad_signature`. */
export async function check(envelope: Envelope, publicKey: Uint8Array): Promise<void> {
  if (!(await holds(envelope.signature, envelope.toBeSigned, publicKey))) throw new Refused("bad_signature");
}

function payloadStart(item: Bytes): number | undefined {
  try {
    const [length, start] = head(item, 0, 2);
    return start + length === item.length ? start : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** The reason why these bytes are no envelope: told from the outside in. */
function whyNot(signed: Bytes): Refused {
  try {
    const tagged = signed[0] === 0xd2;
    const parts = decode(tagged ? signed.slice(1) : signed);
    if (!tagged || !Array.isArray(parts) || parts.length !== 4) return new Refused("not_cose");
    const [, unprotectedHeader, payload, signature] = parts;
    const empty = unprotectedHeader instanceof Map && unprotectedHeader.size === 0;
    if (!empty || !(payload instanceof Uint8Array) || !(parts[0] instanceof Uint8Array)) return new Refused("not_cose");
    return new Refused(signature instanceof Uint8Array && signature.length === 64 ? "not_cose" : "unsigned");
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}
