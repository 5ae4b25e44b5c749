// A QR code as one path, as the server draws it: each run of a row is one rectangle.

import { encode } from "uqr";

/** White modules around the code, as scanners need them. */
const QUIET = 2;

/** {side, path}: the length of a side with its border, and what goes into the path's d. */
export function drawn(text) {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < size; x += 1) {
      if (!row[x]) continue;
      const start = x;
      while (x < size && row[x]) x += 1;
      path += `M${start + QUIET} ${y + QUIET}h${x - start}v1h${start - x}z`;
    }
  });
  return { side: size + 2 * QUIET, path };
}
