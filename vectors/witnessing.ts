// What a witness answers (rules/ledger/witnessing.py), written a second time to hold the first against it.
import { equal, fromBase64, fromHex, toHex } from "../src/kawal/desk/site/assets/proof/bytes";
import { decimal, headIn, type Head } from "../src/kawal/desk/site/assets/proof/checkpoint";
import { sha256 } from "../src/kawal/desk/site/assets/proof/hashes";
import { orRefuse, parsed, signers, verifierKey } from "../src/kawal/desk/site/assets/proof/note";
import { Refused } from "../src/kawal/desk/site/assets/proof/refused";
import { checkConsistency } from "../src/kawal/desk/site/assets/proof/tree";

const STATUSES: Record<string, number> = {
  bad_request: 400,
  bad_note: 400,
  bad_checkpoint: 400,
  log_unknown: 404,
  unsigned: 403,
  bad_signature: 403,
  old_size_above: 400,
  wrong_old_size: 409,
  root_differs: 422,
  bad_proof: 422,
};

interface Given {
  readonly log?: string;
  readonly body?: string;
  readonly last_size?: number | null;
  readonly last_root?: string | null;
}

export async function request(given: Given): Promise<Record<string, string | number>> {
  try {
    const head = await judged(given);
    return { status: 200, size: Number(head.size), root: toHex(head.root) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refused: error.code, status: STATUSES[error.code]!, ...error.facts };
  }
}

async function judged({ log = "", body = "", last_size, last_root }: Given): Promise<Head> {
  const gap = body.indexOf("\n\n");
  const [first = "", ...lines] = body.slice(0, Math.max(gap, 0)).split("\n");
  if (gap < 0 || !first.startsWith("old ") || lines.length > 63) throw new Refused("bad_request");
  const old = orRefuse(() => decimal(first.slice(4)), "bad_request");
  const hashes = lines.map((line) => orRefuse(() => fromBase64(line), "bad_request"));
  if (hashes.some((hash) => hash.length !== 32)) throw new Refused("bad_request");
  const signed = parsed(body.slice(gap + 2));
  const head = headIn(signed.text);
  const key = await verifierKey(log);
  if (head.origin !== key.name) throw new Refused("log_unknown");
  await plainSigners(signed, key);
  if (old > head.size) throw new Refused("old_size_above");
  const lastSize = BigInt(last_size ?? 0);
  const lastRoot = last_root ? fromHex(last_root) : await sha256(new Uint8Array());
  if (old !== lastSize) throw new Refused("wrong_old_size", { size: Number(lastSize) });
  if (head.size === lastSize && !equal(head.root, lastRoot)) throw new Refused("root_differs");
  await checkConsistency(lastSize, head.size, lastRoot, head.root, hashes);
  return head;
}

/** The same refusals, without the facts that the page tells. */
async function plainSigners(...[signed, key]: [Parameters<typeof signers>[0], Parameters<typeof signers>[1][0]]) {
  try {
    await signers(signed, [key]);
  } catch (error) {
    throw error instanceof Refused ? new Refused(error.code) : error;
  }
}
