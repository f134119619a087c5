/** The public page /verify: a receipt is checked in this browser, and nothing is sent.
 *
 * Whatever it needs is loaded when the form says `data-ready`; from then on it works without network.
 */
import { textOf } from "../proof/bytes";
import { canHash } from "../proof/hashes";
import { policyIn } from "../proof/policy";
import { checked } from "../proof/receipt";
import { Refused } from "../proof/refused";
import { isPart, joined } from "../proof/slip";
import { scanning } from "./camera";
import { reader, type Read } from "./codes";
import { refusal, said, told } from "./told";
import { clear, showProved, showWrong } from "./verdict";

export function verifyHere(form: HTMLFormElement): void {
  const receipt = form.querySelector<HTMLTextAreaElement>("#receipt")!;
  const policy = form.querySelector<HTMLTextAreaElement>("#policy")!;
  const files = form.querySelector<HTMLInputElement>("#files")!;
  policy.value = told().policy;
  const read = reader();

  let turn = 0; // only what was asked last is answered

  async function check(): Promise<void> {
    const mine = ++turn;
    clear();
    try {
      if (!canHash()) throw new Refused("no_https");
      const trusted = await policyIn(policyText(policy.value));
      const proved = await checked(await receiptText(receipt.value), trusted);
      if (mine === turn) showProved(proved, trusted);
    } catch (error) {
      if (mine === turn) showWrong(error);
    }
  }

  // A verdict never stands beside a receipt or keys that it is not about.
  for (const field of [receipt, policy]) {
    field.addEventListener("input", () => {
      turn++;
      clear();
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void check();
  });
  form.querySelector("[data-default]")!.addEventListener("click", () => {
    policy.value = told().policy;
    policy.dispatchEvent(new Event("input"));
  });
  files.addEventListener("change", () => {
    void textIn([...(files.files ?? [])], read)
      .then((text) => {
        receipt.value = text;
        return check();
      })
      .catch((error: unknown) => {
        clear();
        showWrong(error);
      });
    files.value = ""; // the same file may be chosen again
  });
  scanning(
    form,
    read,
    (parts) => {
      receipt.value = parts.join("\n");
      void check();
    },
    (error) => {
      clear();
      showWrong(error);
    },
  );
  // Without what reads pictures a pasted receipt is checked all the same.
  void read.catch(() => undefined).then(() => {
    form.dataset.ready = "yes";
    form.querySelector("[data-ready-said]")!.textContent = canHash() ? said("ready") : refusal("no_https", {});
  });
}

/** The text of a receipt: as pasted, or joined from the parts of a slip, a line each. */
async function receiptText(pasted: string): Promise<string> {
  const text = pasted.replace(/^\s+|\s+$/g, "");
  if (!text) throw new Refused("nothing_given");
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  return lines.every(isPart) ? joined(lines) : `${text}\n`;
}

/** A policy; of a single key its log alone is trusted. */
function policyText(told: string): string {
  const key = told.trim();
  return /^\S+$/.test(key) && key.includes("+") ? `log ${key}\nquorum none\n` : told;
}

/** The text of a receipt's file, or what the codes in photos of its slip say. */
async function textIn(files: readonly File[], read: Promise<Read>): Promise<string> {
  const parts: string[] = [];
  for (const file of files) {
    if (!file.type.startsWith("image/")) return textOf(new Uint8Array(await file.arrayBuffer()));
    const found = (await (await read)(file)).filter(isPart);
    if (!found.length) throw new Refused("no_code_found");
    parts.push(...found);
  }
  if (!parts.length) throw new Refused("nothing_given");
  return [...new Set(parts)].join("\n");
}
