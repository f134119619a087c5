// What the log signs: its name, its size and its root (C2SP tlog-checkpoint).
import { fromBase64, type Bytes } from "./bytes";
import { HASH_BYTES } from "./hashes";
import { orRefuse } from "./note";
import { Refused } from "./refused";

export interface Head {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
}

/** Refuses `bad_checkpoint`. Extension lines are allowed and passed over. */
export function headIn(signedText: string): Head {
  const lines = signedText.split("\n");
  const [origin = "", size = "", root = ""] = lines;
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) throw new Refused("bad_checkpoint");
  const head = {
    origin,
    size: orRefuse(() => decimal(size), "bad_checkpoint"),
    root: orRefuse(() => fromBase64(root), "bad_checkpoint"),
  };
  if (head.root.length !== HASH_BYTES) throw new Refused("bad_checkpoint");
  return head;
}

/** A size or an index: decimal, one spelling, below 2^63. Refuses `bad_number`. */
export function decimal(text: string): bigint {
  const value = /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : 2n ** 63n;
  if (value >= 2n ** 63n) throw new Refused("bad_number");
  return value;
}
