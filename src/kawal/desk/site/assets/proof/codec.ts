/** Deterministic CBOR (RFC 8949, section 4.2.1): one value, one encoding (rules/signing/codec.py).
 *
 * Decoded, encoded again and refused where the bytes differ: no indefinite lengths, no longer integers
 * than needed, no repeated or unsorted keys. Tags are refused before they are looked into.
 */
import { decodeFirst, encode } from "cborg";
import { equal } from "./bytes";
import { Refused } from "./refused";

const DEPTH_MAX = 16;
const BREAK = 0xff;

export type Value = number | bigint | string | boolean | null | Uint8Array | Value[] | Map<Value, Value>;

/** Value of one canonical CBOR item. Refuses `not_cbor`, `trailing_bytes`, `not_canonical`. */
export function decode(data: Uint8Array): Value {
  const end = lookThrough(data, 0, 1);
  const item = data.subarray(0, end);
  let value: Value;
  try {
    value = decodeFirst(item, { useMaps: true, allowIndefinite: false, allowUndefined: false, strict: true })[0];
  } catch {
    throw new Refused("not_canonical");
  }
  if (!equal(encode(value), item)) throw new Refused("not_canonical");
  if (end !== data.length) throw new Refused("trailing_bytes");
  return value;
}

/** Length told by the item of type `major` that starts at `at`, and where its content starts. */
export function head(data: Uint8Array, at: number, major: number): [number, number] {
  const first = data[at];
  if (first === undefined || first >> 5 !== major) throw new Refused("not_cbor");
  const [argument, next] = argumentAt(data, at);
  if (argument === undefined) throw new Refused("not_canonical");
  const short = first & 31;
  const width = next - at - 1;
  if (short >= 24 && argument < (width === 1 ? 24 : 2 ** (4 * width))) throw new Refused("not_canonical");
  return [argument, next];
}

/** Where the item that starts at `at` ends; refuses what is cut short, tagged, or nested too deep. */
function lookThrough(data: Uint8Array, at: number, depth: number): number {
  const first = data[at];
  if (first === undefined) throw new Refused("not_cbor");
  const major = first >> 5;
  const [argument, start] = argumentAt(data, at);
  if (major === 6) throw new Refused("not_canonical");
  if (argument === undefined) return lookThroughChunks(data, start, depth, major);
  let end = start;
  if (major === 2 || major === 3) {
    end = start + argument;
    if (end > data.length) throw new Refused("not_cbor");
    if (major === 3) checkText(data.subarray(start, end));
  }
  const items = major === 4 ? argument : major === 5 ? 2 * argument : 0;
  if (major === 4 || major === 5) {
    if (depth > DEPTH_MAX || items > data.length) throw new Refused("not_cbor");
    for (let item = 0; item < items; item++) end = lookThrough(data, end, depth + 1);
  }
  return end;
}

/** Of indefinite length: not canonical, but a reason to go on until it is known whether it is CBOR at all. */
function lookThroughChunks(data: Uint8Array, start: number, depth: number, major: number): number {
  if (depth > DEPTH_MAX) throw new Refused("not_cbor");
  let [end, items] = [start, 0];
  for (; data[end] !== BREAK; items++) {
    const isPiece = (data[end] ?? 0) >> 5 === major && ((data[end] ?? 0) & 31) !== 31;
    if (major < 4 && !isPiece) throw new Refused("not_cbor");
    end = lookThrough(data, end, depth + 1);
  }
  if (major === 5 && items % 2) throw new Refused("not_cbor");
  return end + 1;
}

/** The number behind the first byte of an item (undefined: of indefinite length), and what comes after. */
function argumentAt(data: Uint8Array, at: number): [number | undefined, number] {
  const first = data[at] ?? 0;
  const short = first & 31;
  if (short < 24) return [short, at + 1];
  if (short === 31 && [2, 3, 4, 5].includes(first >> 5)) return [undefined, at + 1];
  const width = 2 ** (short - 24);
  const next = at + 1 + width;
  if (short > 27 || next > data.length) throw new Refused("not_cbor");
  return [data.subarray(at + 1, next).reduce((sum, byte) => sum * 256 + byte, 0), next];
}

function checkText(data: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw new Refused("not_cbor");
  }
}
