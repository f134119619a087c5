// The camera scans the codes of a slip one after the other, in any order.
import { isPart } from "../proof/slip";
import { Refused } from "../proof/refused";
import type { Read } from "./codes";
import { said } from "./told";

const EVERY_MS = 200;

/** Wires the button; `complete` gets the parts of a slip once all were seen, `failed` what went wrong. */
export function scanning(
  form: HTMLElement,
  read: Promise<Read>,
  complete: (parts: string[]) => void,
  failed: (error: unknown) => void,
): void {
  const field = form.querySelector<HTMLElement>("[data-scan]")!;
  const button = form.querySelector<HTMLButtonElement>("[data-scan-button]")!;
  const video = form.querySelector<HTMLVideoElement>("[data-scan-picture]")!;
  const status = form.querySelector<HTMLElement>("[data-scan-said]")!;
  let stream: MediaStream | undefined;
  if (!navigator.mediaDevices?.getUserMedia) return;
  field.hidden = false;

  function stop(): void {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.hidden = true;
    status.textContent = "";
    button.setAttribute("aria-pressed", "false");
  }

  async function start(): Promise<void> {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (error) {
      throw new Refused("no_camera", { detail: error instanceof Error ? error.message : "" });
    }
    const mine = stream;
    button.setAttribute("aria-pressed", "true");
    video.hidden = false;
    video.srcObject = stream;
    await video.play();
    status.textContent = said("scanning");
    const parts = new Set<string>();
    while (stream === mine) {
      for (const text of (await (await read)(video)).filter(isPart)) parts.add(text);
      const of = Number([...parts][0]?.slice(9, 10) ?? 0); // KAWAL1:1/2: tells of how many
      if (parts.size) status.textContent = said("scanned", { have: parts.size, of });
      if (parts.size && parts.size >= of) {
        stop();
        complete([...parts]);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  button.addEventListener("click", () => {
    if (stream) stop();
    else
      start().catch((error: unknown) => {
        stop();
        failed(error);
      });
  });
}
