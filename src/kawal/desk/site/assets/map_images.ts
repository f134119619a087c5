// Colours, patterns and shapes of the map, read from the same tokens as the rest of the page.
import type { Map as GlMap } from "maplibre-gl";
import { type State, STATES } from "./map";

export type Palette = {
  state: Record<State, string>;
  ink: Record<State, string>;
  paper: string;
  text: string;
  sea: string;
  scale: number; // 1 on a desk, more on a wall
  dark: boolean;
};

/** Tokens are light-dark() pairs; only a real element knows which of the two holds. */
export function readPalette(frame: HTMLElement): Palette {
  const probe = document.createElement("span");
  frame.append(probe);
  const read = (token: string): string => {
    probe.style.setProperty("color", `var(--${token})`);
    return getComputedStyle(probe).color;
  };
  const each = (ending: string): Record<State, string> =>
    Object.fromEntries(STATES.map((state) => [state, read(state + ending)])) as Record<State, string>;
  const paper = read("paper");
  const palette = {
    state: each(""),
    ink: each("-ink"),
    paper,
    text: read("ink"),
    sea: read("sea"),
    scale: Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
    dark: (paper.match(/\d+/g) ?? []).slice(0, 3).every((part) => Number(part) < 128),
  };
  probe.remove();
  frame.classList.toggle("map--dark", palette.dark);
  return palette;
}

function canvasOf(size: number, draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * 2;
  const pen = canvas.getContext("2d");
  if (!pen) return new ImageData(size * 2, size * 2);
  pen.scale(2, 2);
  draw(pen);
  return pen.getImageData(0, 0, size * 2, size * 2);
}

/** Tiles of whole pixels: MapLibre draws no pattern whose pixel ratio is below 1, as it would be on a wall. */
function pattern(state: State, colour: string, scale: number): ImageData {
  const size = Math.round(12 * scale);
  return canvasOf(size, (pen) => {
    pen.scale(size / 12, size / 12);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.globalAlpha = 0.75;
    pen.lineWidth = 1.25;
    pen.beginPath();
    if (state === "unknown") {
      for (const [x, y] of [[3, 3], [9, 9]] as const) pen.rect(x - 0.75, y - 0.75, 1.5, 1.5);
      pen.fill();
      return;
    }
    for (const from of [-12, 0, 12]) {
      pen.moveTo(from - 1, 13);
      pen.lineTo(from + 13, -1);
      if (state === "risk") continue;
      pen.moveTo(from - 1, -1);
      pen.lineTo(from + 13, 13);
    }
    pen.stroke();
  });
}

function outline(pen: CanvasRenderingContext2D, state: State, middle: number, size: number): void {
  pen.beginPath();
  if (state === "risk") {
    pen.moveTo(middle, middle - size);
    pen.lineTo(middle + size, middle + size * 0.8);
    pen.lineTo(middle - size, middle + size * 0.8);
    pen.closePath();
  } else if (state === "grave") {
    for (const [x, y] of [[0, -1], [1, 0], [0, 1], [-1, 0]] as const) pen.lineTo(middle + x * size * 1.1, middle + y * size * 1.1);
    pen.closePath();
  } else if (state === "late") pen.rect(middle - size * 0.85, middle - size * 0.85, size * 1.7, size * 1.7);
  else pen.arc(middle, middle, size * 0.9, 0, Math.PI * 2);
}

/** A place is small; a vehicle is larger with a ring; a stale position is only an outline. */
function shape(state: State, vehicle: boolean, stale: boolean, palette: Palette): ImageData {
  const size = (vehicle ? 7.5 : 4.5) * palette.scale;
  const middle = size + 4;
  return canvasOf(Math.ceil(middle * 2), (pen) => {
    outline(pen, state, middle, size);
    pen.lineJoin = "round";
    pen.lineWidth = 5;
    pen.strokeStyle = palette.paper;
    pen.stroke();
    pen.fillStyle = stale || state === "unknown" ? palette.paper : palette.state[state];
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = stale || state === "unknown" ? palette.state[state] : palette.text;
    if (stale) pen.setLineDash([2.5, 2]);
    if (vehicle || stale || state === "unknown") pen.stroke();
  });
}

export function addImages(map: GlMap, palette: Palette): void {
  for (const state of STATES) {
    if (state !== "ontime") map.addImage(state, pattern(state, palette.state[state], palette.scale), { pixelRatio: 2 });
    for (const kind of ["site", "vehicle"]) {
      for (const stale of [false, true]) {
        const name = `${kind}-${state}${stale ? "-stale" : ""}`;
        map.addImage(name, shape(state, kind === "vehicle", stale, palette), { pixelRatio: 2 });
      }
    }
  }
}
