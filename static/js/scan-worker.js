// Reads QR codes off the page's own thread, so that the picture never stutters.
// Receives {id, frame} (a VideoFrame or ImageBitmap, closed here) or {id, image} (an ImageData); answers
// {id, text} with text null where no code was seen. {warm: true} is answered by {warm}: the engine's name.
//
// This file's answer alone carries 'wasm-unsafe-eval'. Where WebAssembly is missing or refused, jsQR does
// the work more slowly.
//
// Every picture gets a plain look at its middle. While none is readable, every third gets a second one as well, each
// time a different one: close up, levelled, the whole of it also inverted. A readable code never waits for them.

import { read, usable } from "./engine.js";
import { doubled, halved, levelled, rgbaOf } from "./looks.js";
import { Shot } from "./shot.js";

/** The middle of a picture, and how near the second look goes, in pixels. */
const SIDE = 720;
const CLOSE = 400;
/** Every third picture without a code is looked at twice: more would cost a slow phone the next person's code. */
const TWICE = 3;

const SECOND = [
  async (shot) => read(doubled(await shot.middle(CLOSE)), { tryDenoise: true }),
  async (shot) => read(levelled(halved(await shot.whole())), { tryDenoise: true }),
  async (shot) => read(await shot.whole(), { tryInvert: true }),
];

/** Pictures without a code since the last one with a code. */
let empty = 0;

async function readWithZxing(shot) {
  empty += 1;
  let text = read(await shot.middle(SIDE));
  if (!text && empty % TWICE === 0) text = await SECOND[(empty / TWICE - 1) % SECOND.length](shot);
  if (text) empty = 0;
  return text;
}

async function readWithJsqr(shot) {
  const { default: jsQR } = await import("jsqr");
  const { data, width, height } = rgbaOf(await shot.middle(SIDE));
  empty += 1;
  return jsQR(data, width, height, { inversionAttempts: empty % 4 ? "dontInvert" : "onlyInvert" })?.data || null;
}

/** Before the first picture: everything that the engine does at its first go is done. */
async function warmUp() {
  const isUsable = await usable;
  const blank = new Shot({ data: new Uint8ClampedArray(120 * 120 * 4).fill(255), width: 120, height: 120 });
  await (isUsable ? readWithZxing(blank) : readWithJsqr(blank));
  empty = 0;
  self.postMessage({ warm: isUsable ? "zxing" : "jsqr" });
}

self.addEventListener("message", async ({ data: { id, frame, image, warm } }) => {
  if (warm) {
    await warmUp();
    return;
  }
  let text = null;
  try {
    const shot = new Shot(image, frame);
    text = await ((await usable) ? readWithZxing(shot) : readWithJsqr(shot));
  } catch {
    text = null; // a picture that cannot be read is a picture without a code
  } finally {
    frame?.close();
  }
  self.postMessage({ id, text });
});
