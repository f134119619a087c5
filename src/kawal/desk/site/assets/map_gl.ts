// The map by MapLibre GL: layers, labels, pointer and theme.
import type { ExpressionSpecification, LayerSpecification, MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import { GeoJSONSource, Map as GlMap, NavigationControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { FeatureCollection, Point } from "geojson";
import { type Drawing, type MapData, type State, type Told, boundsOf, STATES, tell } from "./map";
import { type Palette, addImages, readPalette } from "./map_images";
import { say } from "./words";

// The worker is a file of its own, so the content policy needs neither blob: nor eval.
setWorkerUrl(workerUrl);

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
const DASHES: Record<string, number[] | undefined> = { land: undefined, water: [4, 2], air: [1.5, 2], foot: [0.5, 2] };
const PRESSED = ["points", "lines-land", "lines-water", "lines-air", "lines-foot", "areas"];

function labelsOf(data: MapData): FeatureCollection<Point> {
  // One label point for each area: a label on every island of a multipolygon would repeat itself.
  return {
    type: "FeatureCollection",
    features: data.areas.features.map(({ properties }) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [properties.label_lon, properties.label_lat] },
      properties: { ...properties, text: [properties.name, properties.value].filter(Boolean).join("\n") },
    })),
  };
}

function byState(values: Record<string, unknown>): ExpressionSpecification {
  const pairs = STATES.flatMap((state) => [state, values[state]]);
  return ["match", ["get", "state"], ...pairs, values.unknown] as unknown as ExpressionSpecification;
}

function widths(palette: Palette, values: Record<State, number>): ExpressionSpecification {
  return byState(Object.fromEntries(STATES.map((state) => [state, values[state] * palette.scale])));
}

function lineLayer(mode: string, palette: Palette): LayerSpecification {
  const dash = DASHES[mode];
  return {
    id: `lines-${mode}`,
    type: "line",
    source: "lines",
    filter: ["==", ["get", "mode"], mode],
    layout: { "line-cap": mode === "foot" ? "round" : "butt", "line-join": "round" },
    paint: {
      "line-color": byState({ ...palette.ink, ontime: palette.text }),
      "line-width": widths(palette, { ontime: 1.75, risk: 2.5, late: 3, grave: 3, unknown: 1.75 }),
      ...(dash ? { "line-dasharray": dash } : {}),
    },
  };
}

function layersOf(palette: Palette): LayerSpecification[] {
  const hovered: ExpressionSpecification = ["case", ["boolean", ["feature-state", "hover"], false], 0.5, 0.26];
  const text = { "text-color": palette.text, "text-halo-color": palette.paper, "text-halo-width": 1.6 };
  return [
    { id: "sea", type: "background", paint: { "background-color": palette.sea } },
    { id: "land", type: "fill", source: "areas", paint: { "fill-color": palette.paper } },
    {
      id: "areas",
      type: "fill",
      source: "areas",
      paint: { "fill-color": byState(palette.state), "fill-opacity": hovered },
    },
    {
      id: "areas-pattern",
      type: "fill",
      source: "areas",
      filter: ["!=", ["get", "state"], "ontime"],
      paint: { "fill-pattern": byState({ ontime: "risk", risk: "risk", late: "late", grave: "grave", unknown: "unknown" }) },
    },
    {
      id: "areas-line",
      type: "line",
      source: "areas",
      layout: { "line-join": "round" },
      paint: {
        "line-color": byState(palette.state),
        "line-width": widths(palette, { ontime: 1, risk: 1.75, late: 2.5, grave: 2.5, unknown: 1 }),
      },
    },
    ...Object.keys(DASHES).map((mode) => lineLayer(mode, palette)),
    {
      id: "points",
      type: "symbol",
      source: "points",
      layout: {
        "icon-image": ["concat", ["get", "kind"], "-", ["get", "state"], ["case", ["==", ["get", "stale"], true], "-stale", ""]],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": byState({ ontime: 0, unknown: 1, risk: 2, late: 3, grave: 4 }),
      },
    },
    {
      id: "labels",
      type: "symbol",
      source: "labels",
      layout: {
        "text-field": ["get", "text"],
        "text-font": ["Noto Sans Variable"],
        "text-size": 12 * palette.scale,
        "text-line-height": 1.25,
        "text-max-width": 9,
        "symbol-sort-key": byState({ grave: 0, late: 1, risk: 2, unknown: 3, ontime: 4 }),
      },
      paint: text,
    },
  ];
}

function styleOf(palette: Palette): StyleSpecification {
  const source = (promoteId?: string) =>
    ({ type: "geojson", data: NOTHING, ...(promoteId ? { promoteId } : {}) }) as const;
  return {
    version: 8,
    sources: { areas: source("code"), labels: source(), lines: source("code"), points: source("code") },
    layers: layersOf(palette),
    transition: { duration: 0, delay: 0 },
  };
}

function toldOf(feature: MapGeoJSONFeature | undefined): Told | null {
  return feature ? (feature.properties as Told) : null;
}

/** Pointer: hover tells, a click opens, a tap tells first and offers the way on. */
function answerPointer(map: GlMap, frame: HTMLElement): void {
  let hovered: string | undefined;
  const under = (at: [number, number]): MapGeoJSONFeature | undefined =>
    map.queryRenderedFeatures(at, { layers: PRESSED })[0];
  const light = (code: string | undefined): void => {
    if (hovered !== undefined) map.setFeatureState({ source: "areas", id: hovered }, { hover: false });
    hovered = code;
    if (code !== undefined) map.setFeatureState({ source: "areas", id: code }, { hover: true });
  };
  map.on("mousemove", ({ point }) => {
    const feature = under([point.x, point.y]);
    const told = toldOf(feature);
    const area = feature?.layer.id === "areas" ? told?.code : undefined;
    if (area !== hovered) light(area);
    tell(frame, told);
    map.getCanvas().style.cursor = told?.href ? "pointer" : "";
  });
  map.on("mouseout", () => {
    light(undefined);
    tell(frame, null);
  });
  map.on("click", ({ point, originalEvent }) => {
    const told = toldOf(under([point.x, point.y]));
    const finger = originalEvent instanceof PointerEvent && originalEvent.pointerType !== "mouse";
    if (finger) tell(frame, told, true);
    else if (told?.href) location.assign(told.href);
  });
}

export async function makeDrawing(frame: HTMLElement, canvas: HTMLElement, first: MapData): Promise<Drawing> {
  await document.fonts.load('600 16px "Noto Sans Variable"'); // labels are drawn in the page's own letters
  let shown = first;
  const map = new GlMap({
    container: canvas,
    style: styleOf(readPalette(frame)),
    bounds: boundsOf(first),
    fitBoundsOptions: { padding: 24 },
    attributionControl: false,
    cooperativeGestures: true, // the wheel scrolls the page; with Ctrl it zooms the map
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    fadeDuration: 0,
    maxZoom: 16,
    locale: {
      "Map.Title": frame.dataset.label ?? "",
      "NavigationControl.ZoomIn": say("map_zoom_in"),
      "NavigationControl.ZoomOut": say("map_zoom_out"),
      "CooperativeGesturesHandler.WindowsHelpText": say("map_ctrl"),
      "CooperativeGesturesHandler.MacHelpText": say("map_ctrl"),
      "CooperativeGesturesHandler.MobileHelpText": say("map_two_fingers"),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  answerPointer(map, frame);

  const fill = (): void => {
    const parts: Record<string, FeatureCollection> = {
      areas: shown.areas,
      labels: labelsOf(shown),
      lines: shown.lines ?? NOTHING,
      points: shown.points ?? NOTHING,
    };
    for (const [name, data] of Object.entries(parts)) {
      const source = map.getSource(name);
      if (source instanceof GeoJSONSource) source.setData(data);
    }
  };
  map.on("style.load", () => {
    addImages(map, readPalette(frame));
    fill();
  });
  const dress = (): void => {
    map.setStyle(styleOf(readPalette(frame)), { diff: false });
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  await new Promise<void>((done) => map.once("idle", () => done()));

  return {
    show(data) {
      if (data === shown) return;
      shown = data;
      fill();
    },
    resize: () => map.resize(),
  };
}
