// The exercise's clock runs on the page as it runs on the hub: told once, then counted on.
//
//   <time data-clock data-at="<ms, exercise time>" data-speed="60" data-offset="420">12 Feb 14.05.00</time>
//
// `data-offset` is the zone in minutes east of UTC; only the hours, minutes and seconds tick, so a page
// that stays open over midnight takes its date from the next refresh.

const told = new WeakMap<HTMLElement, { at: string; seen: number }>();

function tick(clock: HTMLElement): void {
  const at = clock.dataset.at ?? "";
  let first = told.get(clock);
  if (!first || first.at !== at) {
    first = { at, seen: performance.now() };
    told.set(clock, first);
  }
  const speed = Number(clock.dataset.speed);
  const passed = (performance.now() - first.seen) * speed;
  const local = new Date(Number(at) + passed + Number(clock.dataset.offset) * 60_000);
  const parts = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(clock.dataset.joint ?? ":");
  if (clock.textContent !== text) clock.textContent = text;
}

export function tickClocks(): void {
  const all = (): void => document.querySelectorAll<HTMLElement>("[data-clock]").forEach(tick);
  if (!document.querySelector("[data-clock]")) return;
  all();
  setInterval(all, 250);
}
