// What a receipt proves, in words; or the first thing that is wrong with it.
import { toHex } from "../proof/bytes";
import { opened } from "../proof/cose";
import { eventOf, type Event } from "../proof/event";
import type { Policy } from "../proof/policy";
import { checked } from "../proof/receipt";
import { Refused } from "../proof/refused";
import { grouped, refusal, said, time, told } from "./told";

type Kind = "done" | "stale" | "error";
type Fact = readonly [label: string, value: string];
export type Proved = Awaited<ReturnType<typeof checked>>;

export function clear(): void {
  for (const kind of ["done", "stale", "error"]) element(`verdict-${kind}`).hidden = true;
  element("verdict-facts").hidden = true;
  element("verdict-parcels").hidden = true;
}

export function showWrong(error: unknown): void {
  const refused = error instanceof Refused ? error : new Refused("unreadable", { detail: String(error) });
  const unread = ["nothing_given", "slip_incomplete", "no_code_found", "bad_policy", "no_camera", "no_https"];
  const title = unread.includes(refused.code) ? said("cannot_say") : said("fails");
  show("error", title, refusal(refused.code, refused.facts));
}

export function showProved({ proof, told: brought, proven }: Proved, policy: Policy): void {
  const event = brought.entry && eventIn(brought.entry);
  const facts: Fact[] = event ? eventFacts(event.event) : [];
  if (event) facts.push([said(brought.publicKey ? "device" : "device_unchecked"), toHex(event.kid)]);
  const place = { index: grouped(proof.index), size: grouped(proven.head.size) };
  facts.push([said("entry"), said("entry_of", place)], [said("log"), proven.head.origin]);
  for (const [name, time_s] of proven.times_s) {
    const at = time(Number(time_s) * 1000);
    const late = Number(time_s) * 1000 > Date.now() + 60_000;
    facts.push([said("cosigned", { name }), late ? said("later", { at }) : at]);
  }
  facts.push([said("leaf_hash"), toHex(brought.leafHash)]);
  showFacts(facts);
  showParcels(event?.event);
  const witnessed = policy.quorum !== "none";
  const missing = brought.entry ? (event ? "" : said("no_event")) : said("hash_only");
  const text = missing || said(witnessed ? "holds_text" : "log_only_text");
  if (witnessed) show("done", said("holds"), text);
  else show("stale", said("log_only"), missing ? `${missing} ${said("log_only_text")}` : text);
}

function eventIn(entry: Parameters<typeof opened>[0]): { kid: Uint8Array; event: Event } | undefined {
  try {
    const { kid, payload } = opened(entry);
    return { kid, event: eventOf(payload) };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function eventFacts(event: Event): Fact[] {
  const { acts, kinds } = told();
  const facts: Fact[] = [[said("act"), acts[event.act] ?? event.act]];
  if (event.kind) facts.push([said("kind"), kinds[event.kind] ?? event.kind]);
  if (event.site) facts.push([said("site"), event.site]);
  if (event.trip) facts.push([said("trip"), event.trip]);
  facts.push([said("happened"), time(event.happened_ms)]);
  if (event.recorded_ms !== event.happened_ms) facts.push([said("recorded"), time(event.recorded_ms)]);
  if (event.manifest.length) facts.push([said("parcels"), grouped(event.manifest.length)]);
  return facts;
}

function showFacts(facts: readonly Fact[]): void {
  const part = element("verdict-facts");
  part.firstElementChild!.replaceChildren(
    ...facts.flatMap(([label, value]) => {
      const [term, description] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = label;
      description.textContent = value;
      return [term, description];
    }),
  );
  part.hidden = false;
}

function showParcels(event: Event | undefined): void {
  const part = element("verdict-parcels");
  const rows = (event?.manifest ?? []).map((line) => {
    const row = document.createElement("tr");
    const parcel = document.createElement("th");
    parcel.scope = "row";
    parcel.className = "code";
    parcel.textContent = String(line.parcel).padStart(15, "0");
    const [seals, count] = [document.createElement("td"), document.createElement("td")];
    seals.textContent = runs(line.seals) || "–";
    count.className = "number";
    count.textContent = line.count === null ? "–" : grouped(line.count);
    row.append(parcel, seals, count);
    return row;
  });
  part.querySelector("tbody")!.replaceChildren(...rows);
  part.hidden = !rows.length;
}

/** Numbers as they stand on the seals, and those that follow each other as a range. */
function runs(seals: readonly number[]): string {
  const found: [number, number][] = [];
  for (const seal of [...seals].sort((one, other) => one - other)) {
    const last = found.at(-1);
    if (last && seal === last[1] + 1) last[1] = seal;
    else found.push([seal, seal]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first} – ${last}`)).join(", ");
}

function show(kind: Kind, title: string, text: string): void {
  const notice = element(`verdict-${kind}`);
  notice.querySelector(".notice__title")!.textContent = title;
  notice.querySelector(".notice__text")!.textContent = text;
  notice.hidden = false;
  element("verdict").focus({ preventScroll: true });
  element("verdict").scrollIntoView({ block: "start" });
}

function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}
