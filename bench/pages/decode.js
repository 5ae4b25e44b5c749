// How many looks the scanner's worker takes to read a picture, and whether jsQR alone reads it.

const worker = new Worker(document.documentElement.dataset.worker, { type: "module" });
let id = 0;

function ask(message, moved = []) {
  return new Promise((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
    worker.postMessage(message, moved);
  });
}

async function bitmapOf(name) {
  return createImageBitmap(await (await fetch(name)).blob());
}

window.warm = async () => (await ask({ warm: true })).warm;

/** Show a picture to the worker as a camera does, until it is read. */
window.read = async (name, looks) => {
  const bitmap = await bitmapOf(name);
  const times = [];
  let text = null;
  while (!text && times.length < looks) {
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    const start = performance.now();
    id += 1;
    text = (await ask({ id, frame }, [frame])).text;
    times.push(performance.now() - start);
  }
  return { text, times };
};

window.readWithJsqr = async (name) => {
  const bitmap = await bitmapOf(name);
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(bitmap, 0, 0);
  const { data, width, height } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
  const start = performance.now();
  const text = window.jsQR(data, width, height, { inversionAttempts: "attemptBoth" })?.data ?? null;
  return { text, times: [performance.now() - start] };
};
