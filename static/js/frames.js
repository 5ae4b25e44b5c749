// What the camera gives. The picture that a video shows now is sent to a worker as it is (VideoFrame,
// else ImageBitmap); only where a worker has no canvas of its own are the pixels taken on the page.

const SIDE = 720;

const inWorker = typeof OffscreenCanvas !== "undefined" && "getContext" in OffscreenCanvas.prototype;
const asFrame = inWorker && typeof VideoFrame !== "undefined";
const asBitmap = inWorker && typeof createImageBitmap !== "undefined";

const IDEAL = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const BACK = { facingMode: { ideal: "environment" } };

let canvas = null;

/** The stream of this camera, or of one that looks away from the person. Rejects as getUserMedia does. */
export async function askForCamera(deviceId) {
  const media = navigator.mediaDevices;
  if (!deviceId) return media.getUserMedia({ video: { ...BACK, ...IDEAL } });
  try {
    return await media.getUserMedia({ video: { deviceId: { exact: deviceId }, ...IDEAL } });
  } catch (error) {
    if (error.name !== "OverconstrainedError" && error.name !== "NotFoundError") throw error;
    return media.getUserMedia({ video: { ...BACK, ...IDEAL } }); // the chosen one is unplugged
  }
}

function pixelsOf(view) {
  const { videoWidth: width, videoHeight: height } = view;
  const side = Math.min(width, height);
  canvas ??= document.createElement("canvas");
  canvas.width = canvas.height = Math.min(side, SIDE);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(view, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** {message, moved}: what a worker is sent, and what of it moves over to the worker. */
export async function take(view) {
  try {
    const frame = asFrame ? new VideoFrame(view) : asBitmap ? await createImageBitmap(view) : null;
    if (frame) return { message: { frame }, moved: [frame] };
  } catch {
    // this browser does not give it that way, or not yet
  }
  const image = pixelsOf(view);
  return { message: { image }, moved: [image.data.buffer] };
}
