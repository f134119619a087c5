// Every proof of the trees of trees.json: made as RFC 6962 section 2.1 says it, and checked as the page checks.
import { bytesOf, joined, toHex, type Bytes } from "../src/kawal/desk/site/assets/proof/bytes";
import { leafHash, nodeHash, sha256 } from "../src/kawal/desk/site/assets/proof/hashes";
import { Refused } from "../src/kawal/desk/site/assets/proof/refused";
import { checkConsistency, checkInclusion } from "../src/kawal/desk/site/assets/proof/tree";

const known = new Map<string, Promise<Bytes>>();

/** MTH(D[start:stop]) */
function root(start: number, stop: number): Promise<Bytes> {
  const name = `${start}-${stop}`;
  let found = known.get(name);
  if (!found) known.set(name, (found = makeRoot(start, stop)));
  return found;
}

async function makeRoot(start: number, stop: number): Promise<Bytes> {
  if (start === stop) return sha256(new Uint8Array());
  if (stop - start === 1) return leafHash(bytesOf(`kawal/${start}`));
  const middle = start + split(stop - start);
  return nodeHash(await root(start, middle), await root(middle, stop));
}

/** PATH(m, D[start:stop]) */
async function path(m: number, start: number, stop: number): Promise<Bytes[]> {
  if (stop - start === 1) return [];
  const k = split(stop - start);
  const middle = start + k;
  if (m < k) return [...(await path(m, start, middle)), await root(middle, stop)];
  return [...(await path(m - k, middle, stop)), await root(start, middle)];
}

/** SUBPROOF(m, D[start:stop], whole) */
async function subproof(m: number, start: number, stop: number, whole: boolean): Promise<Bytes[]> {
  if (m === stop - start) return whole ? [] : [await root(start, stop)];
  const k = split(stop - start);
  const middle = start + k;
  if (m <= k) return [...(await subproof(m, start, middle, whole)), await root(middle, stop)];
  return [...(await subproof(m - k, middle, stop, false)), await root(start, middle)];
}

/** Root and the digests of all proofs of a size; every proof is checked, and refused when it is broken. */
export async function sizeOfTree(size: number): Promise<string[]> {
  const whole = await root(0, size);
  const [inclusion, consistency]: [Bytes[], Bytes[]] = [[], []];
  for (let index = 0; index < size; index++) {
    const proof = await path(index, 0, size);
    inclusion.push(...proof);
    const leaf = await root(index, index + 1);
    await every(proof, (hashes) => checkInclusion(leaf, BigInt(index), BigInt(size), hashes, whole));
  }
  for (let old = 0; old <= size; old++) {
    const proof = old ? await subproof(old, 0, size, true) : [];
    consistency.push(...proof);
    const oldRoot = await root(0, old);
    await every(proof, (hashes) => checkConsistency(BigInt(old), BigInt(size), oldRoot, whole, hashes));
  }
  return [toHex(whole), toHex(await sha256(joined(...inclusion))), toHex(await sha256(joined(...consistency)))];
}

async function every(proof: Bytes[], check: (proof: Bytes[]) => Promise<void>): Promise<void> {
  await check(proof);
  const broken = [[...proof, new Uint8Array(32)]];
  const [first, ...rest] = proof;
  if (first) broken.push(proof.slice(0, -1), [first.map((byte, at) => (at ? byte : byte ^ 1)), ...rest]);
  for (const hashes of broken) {
    let refused = false;
    await check(hashes).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      refused = true;
    });
    if (!refused) throw new Error("a broken proof holds");
  }
}

function split(size: number): number {
  return 2 ** (Math.ceil(Math.log2(size)) - 1);
}
