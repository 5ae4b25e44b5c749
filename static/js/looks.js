// Pictures made ready for a second look, where the plain one showed no code. A picture here is
// {grey, width, height}: one byte a pixel.

/** The brightness of an ImageData. */
export function greyOf({ data, width, height }) {
  const grey = new Uint8ClampedArray(width * height);
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 4) {
    grey[at] = (77 * data[from] + 150 * data[from + 1] + 29 * data[from + 2]) >> 8;
  }
  return { grey, width, height };
}

/** An ImageData's likeness, for an engine that wants one. */
export function rgbaOf({ grey, width, height }) {
  const pixels = new Uint32Array(grey.length);
  for (let at = 0; at < grey.length; at += 1) pixels[at] = 0xff000000 | (grey[at] * 0x010101);
  return { data: new Uint8ClampedArray(pixels.buffer), width, height };
}

/** Half as wide and high: grain and the grid of a filmed screen melt away. */
export function halved({ grey, width, height }) {
  const [w, h] = [width >> 1, height >> 1];
  const half = new Uint8ClampedArray(w * h);
  for (let y = 0, at = 0; y < h; y += 1) {
    for (let x = 0, from = 2 * y * width; x < w; x += 1, from += 2, at += 1) {
      half[at] = (grey[from] + grey[from + 1] + grey[from + width] + grey[from + width + 1] + 2) >> 2;
    }
  }
  return { grey: half, width: w, height: h };
}

/** Twice as wide and high, smoothly: modules of one or two pixels become readable. */
export function doubled({ grey, width, height }) {
  const [w, h] = [width * 2, height * 2];
  const twice = new Uint8ClampedArray(w * h);
  for (let y = 0, at = 0; y < h; y += 1) {
    const row = y >> 1;
    const other = Math.min(height - 1, Math.max(0, row + (y & 1 ? 1 : -1)));
    for (let x = 0; x < w; x += 1, at += 1) {
      const column = x >> 1;
      const beside = Math.min(width - 1, Math.max(0, column + (x & 1 ? 1 : -1)));
      const [near, far] = [row * width, other * width];
      twice[at] = (9 * grey[near + column] + 3 * (grey[near + beside] + grey[far + column]) + grey[far + beside] + 8) >> 4;
    }
  }
  return { grey: twice, width: w, height: h };
}

/** Each pixel against the mean around it: brings out a code in the dark or behind a reflection. */
export function levelled(picture, reach = 8, gain = 8) {
  const { grey, width, height } = picture;
  const means = meansOf(picture, reach);
  const flat = new Uint8ClampedArray(grey.length);
  for (let at = 0; at < grey.length; at += 1) flat[at] = 128 + gain * (grey[at] - means[at]);
  return { grey: flat, width, height };
}

/** The mean around each pixel: a running sum along the rows, then one along the columns. */
function meansOf({ grey, width, height }, reach) {
  const span = 2 * reach + 1;
  const rows = new Float32Array(grey.length);
  for (let y = 0; y < height; y += 1) {
    const start = y * width;
    const end = start + width - 1;
    let sum = grey[start] * reach;
    for (let x = 0; x <= reach; x += 1) sum += grey[Math.min(end, start + x)];
    for (let at = start; at <= end; at += 1) {
      rows[at] = sum / span;
      sum += grey[Math.min(end, at + reach + 1)] - grey[Math.max(start, at - reach)];
    }
  }
  const means = new Float32Array(grey.length);
  const sums = new Float32Array(width);
  const row = (y) => Math.min(height - 1, Math.max(0, y)) * width;
  for (let y = -reach; y <= reach; y += 1) for (let x = 0; x < width; x += 1) sums[x] += rows[row(y) + x];
  for (let y = 0; y < height; y += 1) {
    const [here, gained, lost] = [row(y), row(y + reach + 1), row(y - reach)];
    for (let x = 0; x < width; x += 1) {
      means[here + x] = sums[x] / span;
      sums[x] += rows[gained + x] - rows[lost + x];
    }
  }
  return means;
}
