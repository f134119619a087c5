/** A receipt on paper: its text in at most two QR codes (rules/ledger/slip.py).
 *
 *     KAWAL1:<which>/<of how many>:<short hash>:<part>
 */
import { bytesOf, textOf, toHex, type Bytes } from "./bytes";
import { sha256 } from "./hashes";
import { Refused } from "./refused";

const TEXT_BYTES_MAX = 1_000_000;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const PART = /^KAWAL1:([1-9])\/([1-9]):([0-9A-F]{8}):([0-9A-Z $%*+\-./:]+)$/;

export function isPart(text: string): boolean {
  return PART.test(text);
}

/** The text, from the parts in any order and as often as they were scanned.
 *
 * Refuses `bad_slip` and, where parts are still to come, `slip_incomplete` (how many are `missing`).
 */
export async function joined(parts: readonly string[]): Promise<string> {
  const found = new Map<number, string>();
  const whole = new Set<string>();
  for (const part of parts) {
    const [, which = "", count = "", shortHash = "", piece = ""] = PART.exec(part) ?? [];
    const other = found.get(Number(which));
    whole.add(`${count} ${shortHash}`);
    const fits = which !== "" && Number(which) <= Number(count) && (other === undefined || other === piece);
    if (!fits || whole.size > 1) throw new Refused("bad_slip");
    found.set(Number(which), piece);
  }
  const [[count, shortHash] = ["1", ""]] = [...whole].map((one) => one.split(" "));
  const missing = Number(count) - found.size;
  if (missing > 0) throw new Refused("slip_incomplete", { missing });
  const packed = [...found].sort(([one], [other]) => one - other).map(([, piece]) => piece).join("");
  const digest = toHex(await sha256(bytesOf(packed)));
  if (digest.slice(0, 8).toUpperCase() !== shortHash) throw new Refused("bad_slip");
  return unpacked(packed);
}

/** Refuses `bad_base45`. */
export function fromBase45(text: string): Bytes {
  const data: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((char) => ALPHABET.indexOf(char));
    const number = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    const length = digits.length - 1;
    if (digits.includes(-1) || length === 0 || number >= 256 ** length) throw new Refused("bad_base45");
    if (length === 2) data.push(number >> 8);
    data.push(number & 255);
  }
  return Uint8Array.from(data);
}

async function unpacked(packed: string): Promise<string> {
  let data: Bytes;
  try {
    data = fromBase45(packed);
  } catch {
    throw new Refused("bad_slip");
  }
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const chunks: Bytes[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > TEXT_BYTES_MAX) throw new Refused("bad_slip");
      chunks.push(Uint8Array.from(value));
    }
    return textOf(new Uint8Array(await new Blob(chunks).arrayBuffer()));
  } catch {
    await reader.cancel().catch(() => undefined); // what is broken may be closed already
    throw new Refused("bad_slip");
  }
}
