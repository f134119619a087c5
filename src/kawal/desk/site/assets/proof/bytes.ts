// Bytes as text and back: one spelling each, anything else is refused.
import { Refused } from "./refused";

export type Bytes = Uint8Array<ArrayBuffer>;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Refuses `not_utf8`. A mark at the beginning (U+FEFF) is a character like any other. */
export function textOf(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Refused("not_utf8");
  }
}

export function toHex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Refused("bad_hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function toBase64(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 3) {
    const [a = 0, b, c] = data.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += BASE64.charAt(bits >> 18) + BASE64.charAt((bits >> 12) & 63);
    text += b === undefined ? "=" : BASE64.charAt((bits >> 6) & 63);
    text += c === undefined ? "=" : BASE64.charAt(bits & 63);
  }
  return text;
}

/** Standard base64 with padding, one spelling only. Refuses `bad_base64`. */
export function fromBase64(text: string): Bytes {
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Refused("bad_base64");
  const data = new Uint8Array((text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0));
  for (let at = 0, to = 0; at < text.length; at += 4, to += 3) {
    const bits = [0, 1, 2, 3].reduce((sum, step) => sum * 64 + Math.max(0, BASE64.indexOf(text.charAt(at + step))), 0);
    [bits >> 16, (bits >> 8) & 255, bits & 255].forEach((byte, step) => {
      if (to + step < data.length) data[to + step] = byte;
    });
  }
  if (toBase64(data) !== text) throw new Refused("bad_base64"); // bits left over at the end
  return data;
}
