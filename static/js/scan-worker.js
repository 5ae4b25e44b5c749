// Reads QR codes off the page's own thread, so that the picture never stutters.
// Receives {id, image: ImageData}, answers {id, text} with text null where no code was seen.
//
// The engine is zxing as WebAssembly, from our own server: this file's answer alone carries
// 'wasm-unsafe-eval'. Where WebAssembly is missing or refused, jsQR does the work more slowly.

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import engine from "zxing-wasm/reader/zxing_reader.wasm";

const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: true };

const ready = prepareZXingModule({
  overrides: { locateFile: () => new URL(engine, self.location.href).href },
  fireImmediately: true,
}).then(
  () => true,
  () => false,
);

async function readWithZxing(image) {
  const [found] = await readBarcodes(image, OPTIONS);
  return found?.isValid ? found.text : null;
}

async function readWithJsqr(image) {
  const { default: jsQR } = await import("jsqr");
  return jsQR(image.data, image.width, image.height, { inversionAttempts: "attemptBoth" })?.data || null;
}

self.addEventListener("message", async ({ data: { id, image } }) => {
  let text = null;
  try {
    text = (await ready) ? await readWithZxing(image) : await readWithJsqr(image);
  } catch {
    text = null; // a frame that cannot be read is a frame without a code
  }
  self.postMessage({ id, text });
});
