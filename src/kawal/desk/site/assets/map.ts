// A map drawn from the borders themselves: no tiles, no glyph files, nothing from elsewhere.
//
//   {% include "site/parts/map.html" with url=... label=... table_id="areas" %}
//
// The address answers with JSON; every part but `areas` may be missing:
//
//   {
//     "bbox":   [west, south, east, north],
//     "areas":  FeatureCollection of Polygon | MultiPolygon, properties
//                 code, name, state, word?, value?, note?, label_lat, label_lon, href?
//     "points": FeatureCollection of Point, properties
//                 code, name, state, note?, href?, kind: "site" | "vehicle", stale?: true
//     "lines":  FeatureCollection of LineString, properties
//                 code, name, state, note?, href?, mode: "land" | "water" | "air" | "foot"
//   }
//
// `state` is ontime | risk | late | unknown, for a class of risk also grave; `word` stands in the panel for
// the state's own word. `value` is the short figure under the area's name, `note`
// one line for the panel; both are texts in the page's language, made by the hub. Coordinates are WGS 84.
// The same figures stand in the table beside the map: whoever cannot use the map misses nothing.
import type { Feature, FeatureCollection, Geometry, MultiPolygon, Point, Polygon } from "geojson";
import { say } from "./words";

export const STATES = ["ontime", "risk", "late", "grave", "unknown"] as const;
export type State = (typeof STATES)[number];
export type Told = { code: string; name: string; state: State; word?: string; value?: string; note?: string; href?: string };
export type AreaTold = Told & { label_lat: number; label_lon: number };
export type PointTold = Told & { kind: "site" | "vehicle"; stale?: boolean };
export type LineTold = Told & { mode: "land" | "water" | "air" | "foot" };
export type MapData = {
  bbox?: [number, number, number, number];
  areas: FeatureCollection<Polygon | MultiPolygon, AreaTold>;
  points?: FeatureCollection<Point, PointTold>;
  lines?: FeatureCollection<Geometry, LineTold>;
};
export type Drawing = { show(data: MapData): void; resize(): void };

/** The small panel in the corner: what lies under the pointer, or was tapped. */
export function tell(frame: HTMLElement, told: Told | null, tapped = false): void {
  const panel = frame.querySelector<HTMLElement>(".map__told");
  if (!panel) return;
  panel.hidden = told === null;
  if (told === null) return;
  const name = document.createElement("b");
  name.textContent = told.name;
  const badge = document.createElement("span");
  badge.className = `badge state--${told.state}`;
  const mark = document.querySelector(`template[data-mark="${told.state}"]`);
  if (mark instanceof HTMLTemplateElement) badge.append(mark.content.cloneNode(true));
  badge.append([told.word ?? say(`state_${told.state}`), told.value].filter(Boolean).join(" · "));
  panel.replaceChildren(name, badge);
  if (told.note) {
    const note = document.createElement("div");
    note.textContent = told.note;
    panel.append(note);
  }
  if (tapped && told.href) {
    const open = document.createElement("a");
    open.href = told.href;
    open.textContent = say("open");
    panel.append(open);
  }
}

export function boundsOf(data: MapData): [number, number, number, number] {
  if (data.bbox) return data.bbox;
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const widen = (spot: unknown): void => {
    if (!Array.isArray(spot)) return;
    if (typeof spot[0] !== "number") return spot.forEach(widen);
    const [x, y] = spot as [number, number];
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  };
  for (const each of data.areas.features as Feature<Polygon | MultiPolygon>[]) widen(each.geometry.coordinates);
  return box[0] > box[2] ? [95, -11, 141, 6] : box;
}

function hasWebgl(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

export async function showMap(frame: HTMLElement): Promise<void> {
  const canvas = frame.querySelector<HTMLElement>(".map__canvas");
  const line = frame.querySelector<HTMLElement>(".map__say");
  const url = frame.dataset.map;
  if (!canvas || !line || !url) return;

  let drawing: Drawing | undefined;
  let last = "";

  async function draw(): Promise<void> {
    try {
      const answer = await fetch(url as string, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (text === last) return;
      const data = JSON.parse(text) as MapData;
      drawing ??= hasWebgl()
        ? await (await import("./map_gl")).makeDrawing(frame, canvas as HTMLElement, data)
        : (await import("./map_svg")).makeDrawing(canvas as HTMLElement);
      drawing.show(data);
      last = text;
      const parts = [data.areas, data.lines, data.points];
      (line as HTMLElement).hidden = parts.some((part) => (part?.features.length ?? 0) > 0);
      (line as HTMLElement).textContent = say("map_empty");
    } catch {
      // The table beside it still tells everything; a map already drawn stays, and its age is told.
      if (!drawing) (line as HTMLElement).textContent = say("map_failed");
    }
    frame.dataset.drawn = drawing ? "yes" : "no";
  }

  await draw();
  document.addEventListener("kawal:changed", () => void draw());
}
