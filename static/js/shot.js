// One picture of the camera, from which the pixels are taken that are looked at, as {grey, width, height}.

import { greyOf, halved } from "./looks.js";

/** A longer side than this gives no code back that half of it does not, and costs time. */
const LONGEST = 1600;
/** Formats that keep the brightness of all pixels first, one byte each. */
const BRIGHT = /^(I4|NV12)/;

let pen = null;

function penFor(width, height) {
  if (pen?.canvas.width !== width || pen.canvas.height !== height) {
    pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, alpha: false });
  }
  return pen;
}

function draw(source, { x, y, width, height }) {
  const pen = penFor(width, height);
  pen.drawImage(source, x, y, width, height, 0, 0, width, height);
  return greyOf(pen.getImageData(0, 0, width, height));
}

const even = (length) => length - (length % 2);

/** The brightness as the camera delivered it: nothing is drawn, nothing converted. Colours come by twos, so all is even. */
async function copy(frame, part) {
  const { visibleRect } = frame;
  const [width, height] = [even(part.width), even(part.height)];
  const rect = { x: even(part.x + visibleRect.x), y: even(part.y + visibleRect.y), width, height };
  const bytes = new Uint8ClampedArray(frame.allocationSize({ rect }));
  const [{ offset, stride }] = await frame.copyTo(bytes, { rect });
  if (stride === width) return { grey: bytes.subarray(offset, offset + width * height), width, height };
  const grey = new Uint8ClampedArray(width * height);
  for (let row = 0; row < height; row += 1) {
    grey.set(bytes.subarray(offset + row * stride, offset + row * stride + width), row * width);
  }
  return { grey, width, height };
}

function cut({ data, width }, { x, y, width: w, height: h }) {
  const part = new Uint8ClampedArray(w * h * 4);
  for (let row = 0; row < h; row += 1) {
    const from = ((y + row) * width + x) * 4;
    part.set(data.subarray(from, from + w * 4), row * w * 4);
  }
  return greyOf({ data: part, width: w, height: h });
}

export class Shot {
  #image;
  #frame;

  /** image: an ImageData, or frame: a VideoFrame or ImageBitmap, which the caller closes. */
  constructor(image, frame) {
    this.#image = image;
    this.#frame = frame;
  }

  /** The whole picture. */
  whole() {
    return this.middle(Infinity);
  }

  /** What lies within a square in the middle. */
  async middle(side) {
    const { width, height } = this.#size();
    const shrink = Math.max(width, height) > LONGEST ? 2 : 1;
    const [w, h] = [width, height].map((length) => Math.min(length, side * shrink));
    const part = { x: (width - w) >> 1, y: (height - h) >> 1, width: w, height: h };
    const picture = await this.#part(part);
    return shrink > 1 ? halved(picture) : picture;
  }

  #size() {
    const source = this.#image ?? this.#frame.visibleRect ?? this.#frame;
    return { width: source.width, height: source.height };
  }

  async #part(part) {
    if (this.#image) return cut(this.#image, part);
    if (BRIGHT.test(this.#frame.format ?? "")) {
      try {
        return await copy(this.#frame, part);
      } catch {
        // a frame in the graphics card that cannot be copied can still be drawn
      }
    }
    return draw(this.#frame, part);
  }
}
