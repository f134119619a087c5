/** Reads QR codes from pictures: by the browser where it can, else by our own copy of zxing.
 *
 * The copy comes from this hub with the page, never from elsewhere, and before the network may be gone.
 */
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

export type Read = (picture: Blob | HTMLVideoElement) => Promise<string[]>;

interface Detector {
  detect(picture: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}

interface Detecting {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** Everything that reading needs is loaded when this is done. */
export async function reader(): Promise<Read> {
  const own = await ownReader();
  const detector = await browsersDetector();
  if (!detector) return own;
  return async (picture) => {
    try {
      const found = await detector.detect(picture instanceof Blob ? await createImageBitmap(picture) : picture);
      if (found.length) return found.map((code) => code.rawValue);
    } catch {
      // Some phones have the words but not the model behind them.
    }
    return own(picture);
  };
}

async function browsersDetector(): Promise<Detector | undefined> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: Detecting };
  try {
    if (!BarcodeDetector || !(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return undefined;
    return new BarcodeDetector({ formats: ["qr_code"] });
  } catch {
    return undefined;
  }
}

async function ownReader(): Promise<Read> {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  const locateFile = (path: string, prefix: string) => (path.endsWith(".wasm") ? wasmUrl : prefix + path);
  await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return async (picture) => {
    const input = picture instanceof Blob ? picture : frame(picture);
    const found = await readBarcodes(input, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 8 });
    return found.filter((code) => code.isValid).map((code) => code.text);
  };
}

function frame(video: HTMLVideoElement): ImageData {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth || 1, video.videoHeight || 1];
  const drawing = canvas.getContext("2d", { willReadFrequently: true })!;
  drawing.drawImage(video, 0, 0);
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
}
