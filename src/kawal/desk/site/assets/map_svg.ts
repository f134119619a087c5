// The same map as plain SVG, for machines without WebGL 2: areas, points and names, each a link.
import type { MultiPolygon, Polygon, Position } from "geojson";
import { type Drawing, type MapData, type Told, boundsOf } from "./map";
import { say } from "./words";

const SVG = "http://www.w3.org/2000/svg";

function make(name: string, facts: Record<string, string | number>, parent: Element): Element {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) element.setAttribute(key, String(value));
  parent.append(element);
  return element;
}

function linked(told: Told, parent: Element): Element {
  const holder = told.href ? make("a", { href: told.href }, parent) : make("g", {}, parent);
  make("title", {}, holder).textContent = [told.name, told.value, told.note].filter(Boolean).join(" · ");
  return holder;
}

export function makeDrawing(canvas: HTMLElement): Drawing {
  function show(data: MapData): void {
    const [west, south, east, north] = boundsOf(data);
    // Equirectangular, squeezed by the cosine of the middle latitude: true enough for one regency.
    const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const scale = 1000 / Math.max((east - west) * squeeze, north - south, 1e-6);
    const at = ([x, y]: Position): [number, number] => [((x as number) - west) * squeeze * scale, (north - (y as number)) * scale];
    const ring = (spots: Position[]): string => `M${spots.map((spot) => at(spot).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`;
    const path = (shape: Polygon | MultiPolygon): string =>
      (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates).flat().map(ring).join("");
    const [width, height] = at([east, south]);
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", `-20 -20 ${width + 40} ${height + 40}`);
    for (const { geometry, properties } of data.areas.features)
      make("path", { d: path(geometry), class: `map-area state--${properties.state}` }, linked(properties, picture));
    for (const { geometry, properties } of data.points?.features ?? []) {
      const [cx, cy] = at(geometry.coordinates);
      make("circle", { cx, cy, r: 8, class: `map-area state--${properties.state}` }, linked(properties, picture));
    }
    for (const { properties } of data.areas.features) {
      const [x, y] = at([properties.label_lon, properties.label_lat]);
      const name = make("text", { x, y, class: "map-name" }, picture);
      make("tspan", { x }, name).textContent = properties.name;
      const state = [say(`state_${properties.state}`), properties.value].filter(Boolean).join(" · ");
      make("tspan", { x, dy: "1.2em", class: "map-state" }, name).textContent = state;
    }
    canvas.replaceChildren(picture);
  }
  return { show, resize: () => undefined };
}
