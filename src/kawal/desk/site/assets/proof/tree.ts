// The Merkle tree's proofs, checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 have it.
import { equal } from "./bytes";
import { HASH_BYTES, nodeHash, sha256 } from "./hashes";
import { Refused } from "./refused";

/** Refuses `bad_proof` where `leaf` is not proven to be entry `index` of the log (size, root). */
export async function checkInclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): Promise<void> {
  demand(0n <= index && index < size && leaf.length === HASH_BYTES);
  let [at, last, found] = [index, size - 1n, leaf];
  for (const beside of proof) {
    demand(last !== 0n && beside.length === HASH_BYTES);
    if (at & 1n || at === last) {
      found = await nodeHash(beside, found);
      while (at && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      found = await nodeHash(found, beside);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  demand(last === 0n && equal(found, root));
}

/** Refuses `bad_proof` where the log (size, root) is not proven to begin with (oldSize, oldRoot). */
export async function checkConsistency(
  oldSize: bigint,
  size: bigint,
  oldRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): Promise<void> {
  demand(0n <= oldSize && oldSize <= size && proof.every((part) => part.length === HASH_BYTES));
  if (oldSize === 0n) {
    const empty = await sha256(new Uint8Array());
    return demand(!proof.length && equal(oldRoot, empty) && (size > 0n || equal(root, empty)));
  }
  if (oldSize === size) return demand(!proof.length && equal(oldRoot, root));
  demand(proof.length > 0);
  const [first, ...rest] = oldSize & (oldSize - 1n) ? proof : [oldRoot, ...proof];
  let [at, last] = [oldSize - 1n, size - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  let [oldFound, found] = [first!, first!];
  for (const part of rest) {
    demand(last !== 0n);
    if (at & 1n || at === last) {
      [oldFound, found] = [await nodeHash(part, oldFound), await nodeHash(part, found)];
      while (at && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      found = await nodeHash(found, part);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  demand(last === 0n && equal(oldFound, oldRoot) && equal(found, root));
}

function demand(holds: boolean): void {
  if (!holds) throw new Refused("bad_proof");
}
