// Keeps a page alive: when the hub says that something changed, the same page is fetched again and every
// element marked data-live (with an id) is exchanged where it differs. Nothing else moves.
//
//   <body data-live-url="/live/16.07">      which stream to listen to; absent: the page stands still
//   <section id="alerts" data-live>         what is exchanged
//   <span data-live-state>                  where the page says whether its data are fresh
//
// Maps hear the event "kawal:changed" on document and fetch their own data again.
import { say, sayAge } from "./words";

const PAUSE_MS = 1000; // at most one fetch a second, however much happens
const AGAIN_MS = 30_000; // after the hub had no place for one more page
const STALE_S = 45; // three heartbeats of the hub missed: the age of the data is told

let heardAt = Date.now();
let freshAt = Date.now();
let timer: number | undefined;
let fetching = false;
let again = false;

function tellState(): void {
  const place = document.querySelector<HTMLElement>("[data-live-state]");
  if (!place) return;
  const silent_s = (Date.now() - heardAt) / 1000;
  const state = !navigator.onLine ? "offline" : silent_s > STALE_S ? "stale" : "live";
  const text = state === "live" ? say("live") : say(state, { age: sayAge((Date.now() - freshAt) / 1000) });
  if (place.textContent !== text) place.textContent = text;
  document.documentElement.dataset.freshness = state;
  const notice = document.getElementById("stale-notice");
  if (notice) {
    notice.hidden = state === "live";
    const line = notice.querySelector(".notice__text");
    if (line && state !== "live" && line.textContent !== text) line.textContent = text;
  }
}

/** Somebody who is typing, choosing or has opened something there is not disturbed. */
function busy(region: Element): boolean {
  const held = document.activeElement;
  const fills = held instanceof HTMLInputElement || held instanceof HTMLTextAreaElement;
  return region.contains(held) && (fills || held instanceof HTMLSelectElement);
}

function exchange(region: HTMLElement, fresh: HTMLElement): void {
  if (region.isEqualNode(fresh) || busy(region)) return;
  const held = region.contains(document.activeElement) ? document.activeElement : null;
  const href = held?.getAttribute("href");
  const open = new Set([...region.querySelectorAll("details[open][id]")].map((each) => each.id));
  // A sheet that is open (the rail on a phone) keeps its element and changes only what it holds.
  const next = document.importNode(fresh, true);
  region.replaceChildren(...next.childNodes);
  for (const name of fresh.getAttributeNames()) region.setAttribute(name, fresh.getAttribute(name) ?? "");
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (held?.id) document.getElementById(held.id)?.focus({ preventScroll: true });
  else if (href) region.querySelector<HTMLElement>(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}

async function refresh(): Promise<void> {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const answer = await fetch(location.href, { headers: { "X-Kawal-Live": "1" } });
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
      location.reload(); // the session ended: the sign-in page must show itself
      return;
    }
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
        const fresh = page.getElementById(region.id);
        if (fresh) exchange(region, fresh);
      }
      freshAt = Date.now();
      document.dispatchEvent(new CustomEvent("kawal:changed"));
    }
  } catch {
    // No connection: the age of the data says it, and the stream tries again by itself.
  } finally {
    fetching = false;
    tellState();
    if (again) {
      again = false;
      soon();
    }
  }
}

function soon(): void {
  timer ??= window.setTimeout(() => {
    timer = undefined;
    void refresh();
  }, PAUSE_MS);
}

export function keepLive(): void {
  const url = document.body.dataset.liveUrl;
  if (!url) return;
  let stream: EventSource | undefined;
  let version: string | undefined;

  function heard(event: MessageEvent<string>): void {
    heardAt = Date.now();
    if (event.lastEventId && version !== undefined && event.lastEventId !== version) soon();
    else freshAt = Date.now();
    if (event.lastEventId) version = event.lastEventId;
    tellState();
  }

  function listen(): void {
    if (stream) return;
    stream = new EventSource(url as string);
    stream.addEventListener("changed", heard);
    stream.addEventListener("alive", heard);
    stream.addEventListener("error", () => {
      // A browser reconnects by itself after a break, but gives up after an answer that is no stream (503).
      if (stream?.readyState !== EventSource.CLOSED) return;
      leave();
      setTimeout(() => document.hidden || listen(), AGAIN_MS);
    });
  }

  function leave(): void {
    stream?.close();
    stream = undefined;
  }

  // A page in the background needs no stream: the hub's clients are limited, and batteries too.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    else listen();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("online", tellState);
  window.addEventListener("offline", tellState);
  if (!document.hidden) listen();
  setInterval(tellState, 5000);
}
