// Does this browser read a code with the product's own camera module and worker? Says so to the server that gave the page.
// The camera is a canvas that is filmed: not every browser can pretend one.

import { Camera } from "/source/camera.js";

const say = (facts) => fetch("/told", { method: "POST", body: JSON.stringify(facts) });

async function film() {
  const picture = new Image();
  picture.src = "/own/code.png";
  await picture.decode();
  const canvas = document.querySelector("canvas");
  const pen = canvas.getContext("2d");
  let shift = 0;
  setInterval(() => {
    shift = (shift + 1) % 20;
    pen.fillStyle = "#999";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 150 + shift, 70);
  }, 60);
  return canvas.captureStream(15);
}

try {
  const stream = await film();
  const devices = { getUserMedia: async () => stream, enumerateDevices: async () => [] };
  Object.defineProperty(navigator, "mediaDevices", { value: devices });
  const worker = document.documentElement.dataset.worker;
  const camera = new Camera(document.querySelector("video"), worker);
  const engine = new Promise((resolve) => {
    const other = new Worker(worker, { type: "module" });
    other.addEventListener("message", ({ data }) => resolve(data.warm));
    other.postMessage({ warm: true });
  });
  const start = performance.now();
  camera.onText = async (text) => say({ text, engine: await engine, milliseconds: performance.now() - start });
  camera.onLost = () => say({ lost: true });
  await camera.open();
} catch (error) {
  say({ failed: String(error) });
}
