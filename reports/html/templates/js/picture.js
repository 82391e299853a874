// A frame with a mask over it, on a canvas. Masks hold threshold levels, see pictures.py.

const LEVELS = 19; // thresholds 0.05 ... 0.95
const images = new Map(); // data URI -> promise of an image
const pixels = new Map(); // data URI -> promise of one byte per pixel

function loaded(uri) {
  if (images.size > 400) images.clear();
  if (!images.has(uri)) {
    const image = new Image();
    image.src = uri;
    images.set(uri, image.decode().then(() => image));
  }
  return images.get(uri);
}

function bytes(uri) {
  if (pixels.size > 400) pixels.clear();
  if (!pixels.has(uri))
    pixels.set(uri, loaded(uri).then((image) => {
      const sheet = h("canvas", { width: image.naturalWidth, height: image.naturalHeight });
      const pen = sheet.getContext("2d", { willReadFrequently: true });
      pen.drawImage(image, 0, 0);
      const data = pen.getImageData(0, 0, sheet.width, sheet.height).data;
      return Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]);
    }));
  return pixels.get(uri);
}

const MODES = [
  ["mask", "Mask", "The predicted mask: tinted, outlined"],
  ["errors", "Errors", "Hits, false alarms and misses in colours of their own"],
  ["soft", "Soft mask", "The mask before any threshold"],
  ["off", "Frame", "The frame alone"],
];
const TINTS = { mask: [255, 40, 40, 105], hit: [0, 158, 115, 130], alarm: [213, 94, 0, 165], miss: [86, 180, 233, 165] };

// Draw picture `pic` with the mask of `run` (null: the truth alone) at level 1 ... 19.
// Returns the J of this thumbnail, or null without truth.
async function paint(canvas, pic, run, { level, mode, truth: outlined, boxes }) {
  const ticket = (canvas.ticket = {}); // a later call wins
  const [w, height] = pic.size;
  const [frame, mask, truth] = await Promise.all([
    loaded(pic.image),
    run !== null && pic.masks[run] ? bytes(pic.masks[run]) : null,
    pic.truth ? bytes(pic.truth) : null,
  ]);
  if (canvas.ticket !== ticket) return undefined;
  const zoom = Math.max(1, Math.round(720 / w));
  [canvas.width, canvas.height] = [w * zoom, height * zoom];
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(frame, 0, 0, canvas.width, canvas.height);
  if (mode === "off") return null;
  const predicted = mask && mask.map((v) => (v >= level ? 1 : 0));
  const shown = run === null ? truth && truth.map((v) => (v === 1 ? 1 : 0)) : predicted;
  if (shown) {
    if (mode === "soft" && run !== null) tint(pen, w, height, zoom, (i) => heat(mask[i] / LEVELS));
    else if (mode === "errors" && truth && run !== null) tint(pen, w, height, zoom, (i) => verdict(predicted[i], truth[i]));
    else tint(pen, w, height, zoom, (i) => (shown[i] ? (run === null ? TINTS.hit : TINTS.mask) : null));
    if (mode === "mask" || run === null) outline(pen, shown, w, height, zoom, "#fff", [], 1.5);
  }
  if (outlined && truth && run !== null) outline(pen, truth.map((v) => (v === 1 ? 1 : 0)), w, height, zoom, "#00e6a8", [zoom, zoom], 2);
  if (boxes) for (const box of run === null ? (pic.trueBoxes ?? []) : (pic.boxes[run] ?? [])) frameBox(pen, box, zoom, run === null);
  return predicted && truth ? overlap(predicted, truth) : null;
}

const verdict = (predicted, truth) =>
  truth === 2 ? [128, 128, 128, 120] : truth ? (predicted ? TINTS.hit : TINTS.miss) : predicted ? TINTS.alarm : null;

// Dark blue over magenta to light yellow, opaque where the mask is certain.
function heat(share) {
  const stops = [[0, 0, 4], [81, 18, 124], [183, 55, 121], [252, 137, 97], [252, 253, 191]];
  const at = Math.min(share * 4, 3.999);
  const [from, to, part] = [stops[Math.floor(at)], stops[Math.floor(at) + 1], at % 1];
  return [...from.map((v, c) => Math.round(v + (to[c] - v) * part)), 225];
}

function tint(pen, w, height, zoom, colour) {
  const sheet = h("canvas", { width: w, height });
  const area = new ImageData(w, height);
  for (let i = 0; i < w * height; i++) {
    const value = colour(i);
    if (value) area.data.set(value, 4 * i);
  }
  sheet.getContext("2d").putImageData(area, 0, 0);
  pen.imageSmoothingEnabled = false; // the mask's own pixels, not an invented contour
  pen.drawImage(sheet, 0, 0, w * zoom, height * zoom);
  pen.imageSmoothingEnabled = true;
}

// The edges between pixels inside and outside.
function outline(pen, inside, w, height, zoom, colour, dash, width) {
  pen.beginPath();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < w; x++) {
      const here = inside[y * w + x];
      if (x + 1 < w && here !== inside[y * w + x + 1]) {
        pen.moveTo((x + 1) * zoom, y * zoom);
        pen.lineTo((x + 1) * zoom, (y + 1) * zoom);
      }
      if (y + 1 < height && here !== inside[(y + 1) * w + x]) {
        pen.moveTo(x * zoom, (y + 1) * zoom);
        pen.lineTo((x + 1) * zoom, (y + 1) * zoom);
      }
    }
  pen.setLineDash(dash);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

function frameBox(pen, [x0, y0, x1, y1], zoom, isTruth) {
  pen.setLineDash(isTruth ? [] : [10, 6]);
  pen.strokeStyle = isTruth ? "#00e6a8" : "#ff2828";
  pen.lineWidth = 3;
  pen.strokeRect(x0 * zoom, y0 * zoom, (x1 - x0) * zoom, (y1 - y0) * zoom);
}

// Intersection over union; two empty masks agree. Pixels of label 2 do not count.
function overlap(predicted, truth) {
  let [both, either] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === 2) continue;
    both += predicted[i] && truth[i];
    either += predicted[i] || truth[i];
  }
  return either ? both / either : 1;
}

// The level that a run's threshold rule chose, 1 ... 19; labels are foreground above zero.
function ownLevel(run) {
  const { levels } = run;
  const rule = protocol.threshold === "usual" ? Object.keys(levels).find((name) => name.startsWith("best-")) : protocol.threshold;
  const value = levels[rule] ?? levels["0.5"] ?? 0.05;
  return Math.min(LEVELS, Math.max(1, Math.round(value * 20)));
}
