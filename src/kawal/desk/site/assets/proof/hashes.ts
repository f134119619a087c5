// SHA-256 as the log uses it (RFC 6962). By WebCrypto, so a page needs https (or localhost, or a file).
import { joined, type Bytes } from "./bytes";

export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function canHash(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

export async function sha512(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-512", data));
}

/** Hash of a log entry, and so the id of an event. */
export function leafHash(entry: Uint8Array): Promise<Bytes> {
  return sha256(joined(LEAF, entry));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(joined(NODE, left, right));
}
