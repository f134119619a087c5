/** What JavaScript makes of the golden vectors: `node check.mjs VECTORS [SIZES]` prints it as JSON.
 *
 * judged.py beside it is the same in Python. With SIZES only so many trees, and no texts edited everywhere.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { bytesOf, fromHex, toHex, type Bytes } from "../src/kawal/desk/site/assets/proof/bytes";
import { headIn } from "../src/kawal/desk/site/assets/proof/checkpoint";
import { check, opened } from "../src/kawal/desk/site/assets/proof/cose";
import { holds, isValidKey } from "../src/kawal/desk/site/assets/proof/ed25519";
import { eventOf } from "../src/kawal/desk/site/assets/proof/event";
import { leafHash, sha256 } from "../src/kawal/desk/site/assets/proof/hashes";
import { parsed, signers, verifierKey } from "../src/kawal/desk/site/assets/proof/note";
import { isSatisfied, policyIn } from "../src/kawal/desk/site/assets/proof/policy";
import { checked, proofIn } from "../src/kawal/desk/site/assets/proof/proof";
import { Refused } from "../src/kawal/desk/site/assets/proof/refused";
import { checked as receiptChecked } from "../src/kawal/desk/site/assets/proof/receipt";
import { joined } from "../src/kawal/desk/site/assets/proof/slip";
import { checkConsistency, checkInclusion } from "../src/kawal/desk/site/assets/proof/tree";
import { sizeOfTree } from "./trees";
import { request } from "./witnessing";


type Case = Record<string, any>;
type Judge = (given: Case) => Promise<Case>;

const number = (value: bigint | undefined): number | null => (value === undefined ? null : Number(value));
const hashesOf = (given: Case): Bytes[] => given.proof.map(fromHex);

function refusing(judge: Judge): Judge {
  return async (given) => {
    try {
      return await judge(given);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { field, line, detail } = error.facts;
      const facts = { ...(field && { field }), ...(line && { line }), ...(error.code === "bad_policy" && { detail }) };
      return { refused: error.code, ...facts };
    }
  };
}

const ed25519: Judge = async ({ public_key, signature, message }) => ({
  key_valid: isValidKey(fromHex(public_key)),
  holds: await holds(fromHex(signature), fromHex(message), fromHex(public_key)),
});

const vkey = refusing(async (given) => {
  const key = await verifierKey(given.vkey);
  return { key_name: key.name, algorithm: key.algorithm, public_key: toHex(key.publicKey) };
});

const note = refusing(async (given) => {
  const known = await Promise.all(given.known.map(verifierKey));
  const found = await signers(parsed(given.note), known);
  return { signers: found.map((signer) => [signer.key.name, number(signer.time_s)]) };
});

const checkpoint = refusing(async (given) => {
  const key = await verifierKey(given.vkey);
  const signed = parsed(given.note);
  await signers(signed, [key]);
  const head = headIn(signed.text);
  if (head.origin !== key.name) throw new Refused("wrong_origin");
  return { size: number(head.size), root: toHex(head.root) };
});

const policy = refusing(async (given) => {
  const read = await policyIn(given.text);
  return { enough: given.asked.filter((names: string[]) => isSatisfied(read, new Set(names))) };
});

const proof = refusing(async (given) => {
  const read = proofIn(given.proof);
  const trusted = await policyIn(given.policy);
  const now_s = given.now_s === null ? undefined : BigInt(given.now_s);
  const proven = await checked(read, fromHex(given.leaf_hash), trusted, now_s);
  return {
    size: number(proven.head.size),
    root: toHex(proven.head.root),
    times_s: Object.fromEntries([...proven.times_s].map(([name, time_s]) => [name, number(time_s)])),
    extra: read.extra === undefined ? null : toHex(read.extra),
  };
});

const receipt = refusing(async (given) => {
  const { told, proven } = await receiptChecked(given.receipt, await policyIn(given.policy));
  const hex = (data: Bytes | undefined) => (data === undefined ? null : toHex(data));
  const { leafHash: leaf_hash, entry, publicKey } = told;
  return { leaf_hash: hex(leaf_hash), entry: hex(entry), public_key: hex(publicKey), size: number(proven.head.size) };
});

const slip = refusing(async (given) => ({ text_sha256: toHex(await sha256(bytesOf(await joined(given.parts)))) }));

const signed = refusing(async (given) => {
  const data = fromHex(given.signed);
  const envelope = opened(data);
  await check(envelope, fromHex(given.public_key));
  return { kid: toHex(envelope.kid), payload: toHex(envelope.payload), id: toHex(await leafHash(data)) };
});

const payload = refusing(async (given) => {
  const event = eventOf(fromHex(given.payload));
  return { event: { act: event.act, seq: event.seq } };
});

const inclusion = refusing(async (given) => {
  const [leaf, root] = [fromHex(given.leaf_hash), fromHex(given.root)];
  await checkInclusion(leaf, BigInt(given.index), BigInt(given.size), hashesOf(given), root);
  return {};
});

const consistency = refusing(async (given) => {
  const [oldRoot, root] = [fromHex(given.old_root), fromHex(given.root)];
  await checkConsistency(BigInt(given.old_size), BigInt(given.size), oldRoot, root, hashesOf(given));
  return {};
});

const JUDGES: Record<string, [Judge, string]> = {
  proof: [proof, "proof"],
  note: [note, "note"],
  request: [request, "body"],
  policy: [policy, "text"],
  signed: [signed, "signed"],
};

// Where bytes are no CBOR in more than one way, decoders may name another one first.
const MALFORMED = ["not_cbor", "not_canonical", "trailing_bytes", "not_cose", "unsigned"];

const edited: Judge = async (given) => {
  const [judge, field] = JUDGES[given.kind]!;
  const width = given.kind === "signed" ? 2 : 1;
  const text = [...(given.given[field] as string)]; // by characters, as Python counts
  const outcomes: string[] = [];
  for (let at = 0; at < text.length; at += width * given.step) {
    const here = text.slice(at, at + width).join("");
    const changed = (Number.parseInt(here, 16) ^ 1).toString(16).padStart(2, "0");
    const other = width === 2 ? changed : here !== "B" ? "B" : "C";
    for (const middle of [other, "", here + here]) {
      const whole = text.slice(0, at).join("") + middle + text.slice(at + width).join("");
      const told = await judge({ ...given.given, [field]: whole });
      const code = told.refused ?? "ok";
      outcomes.push(MALFORMED.includes(code) ? "malformed" : code);
    }
  }
  const digest = await sha256(bytesOf(outcomes.map((outcome) => `${outcome}\n`).join("")));
  const ok = outcomes.filter((outcome) => outcome === "ok").length;
  return { edits: outcomes.length, ok, outcomes_sha256: toHex(digest) };
};

const SECTIONS: Record<string, Record<string, Judge>> = {
  ed25519: { cases: ed25519 },
  notes: { vkeys: vkey, notes: note },
  policies: { policies: policy },
  proofs: { cases: proof },
  receipts: { receipts: receipt, slips: slip },
  requests: { cases: request },
  signing: { signed, payloads: payload },
  ledger: {
    inclusion,
    inclusion_broken: inclusion,
    consistency,
    consistency_broken: consistency,
    checkpoints: checkpoint,
  },
  edited: { cases: edited },
};

// Node's WebCrypto sends each hash to another thread: a million small ones would take minutes.
const digest = async (name: string, data: Bytes) => createHash(name.replace("-", "")).update(data).digest();
Object.defineProperty(globalThis, "crypto", { value: { subtle: { digest } } });

const [folder, few] = process.argv.slice(2);
const trees = JSON.parse(readFileSync(`${folder}/trees.json`, "utf8"));
const sizes = few === undefined ? trees.sizes.length : Number(few);
const told: Case = { trees: { sizes: [] } };
for (const [file, sections] of Object.entries(SECTIONS)) {
  if (file === "edited" && few !== undefined) continue;
  const vectors = JSON.parse(readFileSync(`${folder}/${file}.json`, "utf8"));
  told[file] = {};
  for (const [section, judge] of Object.entries(sections)) {
    const cases: Case[] = vectors[section].map((given: Case) => (vectors.vkey ? { vkey: vectors.vkey, ...given } : given));
    told[file][section] = [];
    for (const given of cases) told[file][section].push(await judge(given));
  }
}
for (let size = 0; size < sizes; size++) told.trees.sizes.push(await sizeOfTree(size));
process.stdout.write(JSON.stringify(told));

