// The data of the page: JSON blocks, each read when it is first needed.

const MISSING = 65535; // as in curves.py
const blocks = new Map();

function block(name) {
  if (!blocks.has(name)) blocks.set(name, JSON.parse(document.getElementById(name).textContent));
  return blocks.get(name);
}

const index = block("index");
index.runs.forEach((run, id) => (run.id = id));
index.datasets.forEach((dataset, id) => (dataset.id = id));
const records = index.records.rows.map((row) => Object.fromEntries(index.records.fields.map((name, i) => [name, row[i]])));
const methods = unique(records.map((r) => r.method));
const hues = new Map(methods.map((name, i) => [name, `var(--c${i % 8})`]));
const dataset = (name) => index.datasets.find((d) => d.name === name);
const clipBlock = (d, c) => block(`clip-${d}-${c}`);

// Runs of a method on a dataset, by seed.
const runsOf = (method, name) =>
  index.runs.filter((r) => r.method === method && r.dataset === name).sort((a, b) => a.seed - b.seed);

// What of each protocol is shown; the reader's choice.
const protocol = { threshold: "usual", frames: "usual", statistic: "mean" };

const shownRecords = () =>
  records.filter(
    (r) =>
      r.usual_boxes &&
      (protocol.statistic === "*" || r.statistic === protocol.statistic) &&
      (protocol.threshold === "usual" ? r.usual_threshold : ["", protocol.threshold].includes(r.threshold)) &&
      (protocol.frames === "usual" ? r.usual_frames : r.frames === protocol.frames),
  );

function unpack({ codes, low, high }) {
  const bytes = Uint8Array.from(atob(codes), (c) => c.charCodeAt(0));
  const words = new Uint16Array(bytes.buffer);
  return Float64Array.from(words, (w) => (w === MISSING ? NaN : low + ((high - low) * w) / (MISSING - 1)));
}

// Metric -> the curve of a run under the chosen protocol, over all frames of its dataset.
function curves(run) {
  const usual = (rule) => rule === "" || rule === "labels" || rule.startsWith("best-");
  const fits = (c) => (protocol.threshold === "usual" ? usual(c.threshold) : ["", "labels", protocol.threshold].includes(c.threshold));
  const byMetric = new Map();
  for (const curve of block(`run-${run.id}`).curves) {
    if (!fits(curve)) continue;
    if (byMetric.get(curve.metric)?.boxes === "own") continue; // its own boxes come first
    curve.values ??= unpack(curve);
    byMetric.set(curve.metric, curve);
  }
  return byMetric;
}

// The scores of one clip's frames that count under the chosen convention.
function counted(values, clip, name) {
  const record = records.find((r) => r.dataset === name && r.usual_frames);
  const skips = protocol.frames === "skip-ends" || (protocol.frames === "usual" && record?.frames === "skip-ends");
  const ends = new Set(skips ? clip.ends : []);
  return clip.frames.flatMap((_, i) => {
    const value = values[clip.start + i];
    return ends.has(i) || Number.isNaN(value) ? [] : [value];
  });
}

// Position in the dataset -> clip number and place in the clip.
function placeOf(set, position) {
  const c = set.clips.findLastIndex((clip) => clip.start <= position);
  return { c, place: position - set.clips[c].start };
}

const framesLink = (set, c, place, runs = []) =>
  `#/frames/${encodeURIComponent(set.name)}/${encodeURIComponent(set.clips[c].name)}/${place}${runs.length ? `?runs=${runs.join(",")}` : ""}`;
const cellLink = (method, name) => `#/cell/${encodeURIComponent(method)}/${encodeURIComponent(name)}`;

// A method's worst and median frame and the dataset's most disputed ones: [kind, position].
function marked(run) {
  return dataset(run.dataset)
    .marks.filter((mark) => mark.run === run.id || mark.run === null)
    .map((mark) => [mark.kind, mark.frame]);
}
