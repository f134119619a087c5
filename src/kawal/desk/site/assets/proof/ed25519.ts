/** Ed25519 judged bit for bit as libsodium does, which is what the hub and the witnesses verify with.
 *
 * Others let more pass: keys and points of small order (one signature for every message), numbers and
 * points in a second spelling, and a rest that only vanishes times the cofactor. So the library does the
 * arithmetic, and what is accepted is said here: S below the order of the group, R not of small order,
 * A in its one spelling and not of small order, and R exactly the bytes of [S]B - [k]A.
 */
import { Point } from "@noble/ed25519";
import { equal, joined, type Bytes } from "./bytes";
import { sha512 } from "./hashes";

const { p: FIELD, n: ORDER } = Point.CURVE();
export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** Whether these 64 bytes are the key's signature. */
export async function holds(signature: Uint8Array, signed: Uint8Array, publicKey: Uint8Array): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
  const encodedR = signature.slice(0, 32);
  const s = number(signature.slice(32));
  const key = pointOf(publicKey);
  if (s >= ORDER || isSmallOrder(encodedR) || key === undefined || key.isSmallOrder()) return false;
  const k = number(await sha512(joined(encodedR, publicKey, signed))) % ORDER;
  const left = s === 0n ? Point.ZERO : Point.BASE.multiply(s, false);
  const right = k === 0n ? Point.ZERO : key.multiply(k, false);
  return equal(left.subtract(right).toBytes(), encodedR);
}

/** Whether a public key may stand for anybody: one spelling, on the curve, of the large prime order. */
export function isValidKey(publicKey: Uint8Array): boolean {
  const point = publicKey.length === KEY_BYTES ? pointOf(publicKey) : undefined;
  return point !== undefined && !point.isSmallOrder() && point.isTorsionFree();
}

/** The point, where it is written in its one spelling. */
function pointOf(encoded: Uint8Array): Point | undefined {
  try {
    return y(encoded) < FIELD ? Point.fromBytes(encoded, false) : undefined;
  } catch {
    return undefined;
  }
}

/** In any spelling: also y beyond the field, and the sign of an x that is zero. */
function isSmallOrder(encoded: Uint8Array): boolean {
  const reduced = bytes(y(encoded) % FIELD);
  try {
    return Point.fromBytes(reduced, true).isSmallOrder();
  } catch {
    return false;
  }
}

function y(encoded: Uint8Array): bigint {
  return number(encoded) & ((1n << 255n) - 1n);
}

function number(little: Uint8Array): bigint {
  return little.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function bytes(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
}
