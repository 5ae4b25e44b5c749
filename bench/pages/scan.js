// The product's camera with a film before it: when each code was told, and what the page's thread was busy with.

import { Camera } from "/source/camera.js";

const camera = new Camera(document.querySelector("video"), document.documentElement.dataset.worker);
const tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: "longtask", buffered: true,
});

/** From asking for the camera to its first code, in milliseconds. */
window.first = () =>
  new Promise((resolve) => {
    const start = performance.now();
    camera.onText = (text) => {
      const took = performance.now() - start;
      camera.close();
      resolve({ took, text });
    };
    camera.open();
  });

/** All codes told within so many milliseconds from the first on; a second round of the film is not waited for. */
window.pace = (milliseconds) =>
  new Promise((resolve) => {
    const told = [];
    tasks.length = 0;
    camera.onText = (text) => {
      told.push({ text, at: performance.now() });
      if (told.length > 1) return;
      setTimeout(() => {
        camera.close();
        resolve({ told, tasks: [...tasks] });
      }, milliseconds);
    };
    camera.open();
  });
