/** A signed event: what a phone tells about parcels (rules/custody/event.py, docs/custody.md). */
import { decode, type Value } from "./codec";
import { Refused } from "./refused";

export const ACTS = [
  "packed", "sealed", "offer", "accept", "attest", "departed", "arrived", "seal_check", "opened", "incident",
  "position",
] as const;
export type Act = (typeof ACTS)[number];

const INCIDENT_KINDS = [
  "accident", "breakdown", "flood", "rough_water", "road_blocked", "attack", "theft", "rumour", "damage",
  "obstruction", "storage_hazard", "other",
];
const ATTEST_PHASES = ["start", "on_the_way", "end", "not_aboard"];
const MANIFEST_MAX = 600;
const SEALS_MAX = 16;
const REFS_MAX = 64;
const MISMATCHES = 5;

export interface Line {
  readonly parcel: number;
  readonly seals: readonly number[];
  readonly count: number | null;
}

export interface Event {
  readonly act: Act;
  readonly seq: number;
  readonly prev: Uint8Array | undefined;
  readonly happened_ms: number;
  readonly recorded_ms: number;
  readonly site: string | undefined;
  readonly manifest: readonly Line[];
  readonly to: Uint8Array | undefined;
  readonly trip: string | undefined;
  readonly kind: string | undefined;
}

const NEEDS: Record<Act, readonly string[]> = {
  packed: ["manifest", "site", "second"],
  sealed: ["manifest", "site"],
  offer: ["manifest", "site", "to"],
  accept: ["site", "offer"],
  attest: ["trip", "kind"],
  departed: ["trip", "site"],
  arrived: ["trip", "site"],
  seal_check: ["manifest", "site"],
  opened: ["manifest", "site"],
  incident: ["kind"],
  position: ["position"],
};

/** Refuses `bad_event` with the field, besides what `decode` refuses. */
export function eventOf(payload: Uint8Array): Event {
  const told = decode(payload);
  if (!(told instanceof Map) || ![...told.keys()].every((key) => isUint(key, 18))) throw wrong("keys");
  if (!told.has(2)) throw wrong("prev");
  const read = new Fields(told);
  const act = ACTS[read.uint(0, "act", 256) - 1];
  if (act === undefined) throw wrong("act");
  const seq = read.uint(1, "seq", 2 ** 32);
  const prev = read.bytes(2, "prev", 32);
  for (const ref of read.list(3, "refs", REFS_MAX)) need(isBytes(ref, 32), "refs");
  const happened_ms = read.uint(4, "happened_ms", 2 ** 43);
  const recorded_ms = read.uint(5, "recorded_ms", 2 ** 43);
  const site = read.text(6, "site", 20);
  const manifest = read.list(7, "manifest", MANIFEST_MAX).map(lineOf);
  const to = read.bytes(8, "to", 8);
  const offer = read.bytes(9, "offer", 32);
  const exceptions = read.list(10, "exceptions", MANIFEST_MAX).map(exceptionOf);
  const trip = read.text(11, "trip", 40);
  const second = read.bytes(12, "second", 8);
  const position = positionOf(told.get(13));
  const kind = read.text(14, "kind", 30);
  if (told.has(15)) read.uint(15, "officers", 1000);
  read.bytes(16, "nonce", 8);
  read.bytes(17, "photo", 32);
  const has: Record<string, boolean> = {
    manifest: manifest.length > 0,
    site: Boolean(site), to: Boolean(to), offer: Boolean(offer), trip: Boolean(trip),
    second: Boolean(second), position, kind: Boolean(kind),
  };
  for (const name of NEEDS[act]) need(has[name] === true, name);
  need(isRising(manifest.map((line) => [line.parcel])), "manifest");
  need(isRising(exceptions), "exceptions");
  need((seq === 0) === (prev === undefined), "prev");
  need(act !== "incident" || INCIDENT_KINDS.includes(kind ?? ""), "kind");
  need(act !== "attest" || ATTEST_PHASES.includes(kind ?? ""), "kind");
  return { act, seq, prev, happened_ms, recorded_ms, site, manifest, to, trip, kind };
}

class Fields {
  constructor(private readonly told: Map<Value, Value>) {}

  uint(key: number, field: string, limit: number): number {
    const value = this.told.get(key);
    if (!isUint(value, limit)) throw wrong(field);
    return value;
  }

  bytes(key: number, field: string, length: number): Uint8Array | undefined {
    const value = this.told.get(key);
    if (value === undefined || (value === null && key === 2)) return undefined;
    if (!isBytes(value, length)) throw wrong(field);
    return value;
  }

  text(key: number, field: string, lengthMax: number): string | undefined {
    const value = this.told.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || !value || value.length > lengthMax || !/^[\0-\x7f]*$/.test(value)) throw wrong(field);
    return value;
  }

  list(key: number, field: string, lengthMax: number): Value[] {
    const value = this.told.get(key);
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.length || value.length > lengthMax) throw wrong(field);
    return value;
  }
}

function lineOf(value: Value): Line {
  if (!Array.isArray(value) || value.length !== 3) throw wrong("manifest");
  const [parcel, seals, count] = value;
  if (!isUint(parcel, 2 ** 53) || !Array.isArray(seals) || seals.length > SEALS_MAX) throw wrong("manifest");
  if (count !== null && !isUint(count, 2 ** 53)) throw wrong("manifest");
  return { parcel, count, seals: seals.map((seal) => (isUint(seal, 2 ** 53) ? seal : bad("manifest"))) };
}

function exceptionOf(value: Value): number[] {
  if (!Array.isArray(value) || value.length !== 2) throw wrong("exceptions");
  const [parcel, why] = value;
  if (!isUint(parcel, 2 ** 53) || !isUint(why, MISMATCHES + 1) || why === 0) throw wrong("exceptions");
  return [parcel, why];
}

function positionOf(value: Value | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (!Array.isArray(value) || value.length !== 3 || !value.every((part) => Number.isSafeInteger(part))) throw wrong("position");
  const [lat_e7, lon_e7, accuracy_m] = value.map(Number) as [number, number, number];
  const fits = Math.abs(lat_e7) <= 900_000_000 && Math.abs(lon_e7) <= 1_800_000_000;
  need(fits && accuracy_m >= 0 && accuracy_m < 1_000_000, "position");
  return true;
}

function isUint(value: Value | undefined, limit: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < limit;
}

function isBytes(value: Value, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

/** Sorted, and nothing twice. */
function isRising(rows: readonly (readonly number[])[]): boolean {
  return rows.every((row, at) => {
    const before = rows[at - 1];
    if (!before) return true;
    const step = row.findIndex((value, place) => value !== before[place]);
    return step >= 0 && row[step]! > before[step]!;
  });
}

function need(holds: boolean, field: string): void {
  if (!holds) throw wrong(field);
}

function bad(field: string): never {
  throw wrong(field);
}

function wrong(field: string): Refused {
  return new Refused("bad_event", { field });
}
