// zxing as WebAssembly, from our own server, handed brightness alone: the package's own way in takes
// four bytes a pixel and makes one of them again at each look.

import { BINARIZERS, CHARACTER_SETS, EAN_ADD_ON_SYMBOLS, TEXT_MODES } from "zxing-wasm/reader";
import { defaultReaderOptions, encodeFormats, prepareZXingModule } from "zxing-wasm/reader";
import binary from "zxing-wasm/reader/zxing_reader.wasm";

const DEFAULTS = {
  ...defaultReaderOptions,
  formats: encodeFormats(["QRCode"]),
  binarizer: BINARIZERS.indexOf("LocalAverage"),
  eanAddOnSymbol: EAN_ADD_ON_SYMBOLS.indexOf("Ignore"),
  textMode: TEXT_MODES.indexOf("HRI"),
  characterSet: CHARACTER_SETS.indexOf("Unknown"),
  maxNumberOfSymbols: 1,
  tryInvert: false,
};

let zxing = null;
/** Memory of the engine that is kept from look to look. */
let room = { at: 0, size: 0 };

/** Whether the engine can be used here; resolves when it is ready. */
export const usable = prepareZXingModule({
  overrides: { locateFile: () => new URL(binary, self.location.href).href },
  fireImmediately: true,
}).then(
  (module) => {
    zxing = module;
    return true;
  },
  () => false,
);

function put(grey) {
  if (room.size < grey.length) {
    if (room.at) zxing._free(room.at);
    room = { at: zxing._malloc(grey.length), size: grey.length };
  }
  zxing.HEAPU8.set(grey, room.at);
}

/** The text of a QR code in a picture {grey, width, height}, or null. */
export function read({ grey, width, height }, options = {}) {
  put(grey);
  const found = zxing.readBarcodesFromPixmap(room.at, width, height, { ...DEFAULTS, ...options });
  try {
    const first = found.size() ? found.get(0) : null;
    return first?.isValid ? first.text : null;
  } finally {
    found.delete?.();
  }
}
