// The frame browser: methods side by side over one frame, a slider for the threshold.

const view = { level: null, mode: "mask", truth: true, boxes: true, metric: null };
let here = null; // what is shown: { set, c, clip, pics, at, pic, runs }

function frames([name, clipName, place], query) {
  const set = dataset(name) ?? index.datasets.find((d) => d.clips.some((clip) => clip.pictures.length)) ?? index.datasets[0];
  if (!set.clips.some((clip) => clip.pictures.length)) return [frameHead(set, 0), h("p", { class: "notice" }, set.problem || "No frame of this dataset has a picture.")];
  let c = set.clips.findIndex((clip) => clip.name === clipName);
  if (c < 0 || !set.clips[c].pictures.length) c = set.clips.findIndex((clip) => clip.pictures.length);
  const clip = set.clips[c];
  const pics = clipBlock(set.id, c);
  const target = nearest(clip.pictures, Number(place ?? clip.pictures[0]));
  const at = pics.findIndex((pic) => pic.place === target);
  const given = (query.get("runs") ?? "").split(",").filter(Boolean).map(Number).filter((id) => index.runs[id]?.dataset === set.name);
  const runs = given.length ? given : usualRuns(set, pics[at]);
  here = { set, c, clip, pics, at, pic: pics[at], runs };
  return [frameHead(set, c), strip(), toolbar(), panels(), frameChart(), chooser()];
}

// The best methods, one run each.
function usualRuns(set, pic) {
  const first = index.runs.find((run) => run.dataset === set.name);
  const best = rivals({ ...first, method: null }, pic);
  return best.length ? best : [first.id];
}

const go = (c, place, runs = here.runs) => open(here.set, c, place, runs);

function frameHead(set, c) {
  const to = (s, k) => open(s, k, s.clips[k].pictures[0] ?? 0, []);
  return h(
    "div",
    { class: "framehead" },
    h("h1", null, "Frames"),
    select("Dataset", index.datasets.map((d) => [d.id, d.name]), set.id, (id) => to(index.datasets[id], 0)),
    set.clips.length ? select("Clip", set.clips.map((clip, i) => [i, clip.name]), c, (i) => go(Number(i), set.clips[i].pictures[0] ?? 0)) : null,
    here && here.set === set ? h("span", { class: "muted position" }, `frame ${here.pic.frame} · picture ${here.at + 1} of ${here.pics.length}`) : null,
  );
}

// The pictures of the clip in time order, with why they were chosen.
function strip() {
  const kinds = (place) => unique(here.set.marks.filter((m) => m.frame === here.clip.start + place && (m.run === null || here.runs.includes(m.run))).map((m) => m.kind));
  return h(
    "nav",
    { class: "strip", "aria-label": "Frames of this clip" },
    here.pics.map((pic, i) =>
      h(
        "a",
        { href: framesLink(here.set, here.c, pic.place, here.runs), "aria-current": i === here.at ? "true" : null, "aria-label": `Frame ${pic.frame} ${kinds(pic.place).join(", ")}` },
        h("img", { src: pic.image, alt: "", loading: "lazy" }),
        h("span", { class: "marks" }, kinds(pic.place).map((kind) => h("span", { class: `kind ${kind}`, title: kind }, kind))),
      ),
    ),
  );
}

function toolbar() {
  return h(
    "div",
    { class: "controls toolbar" },
    h(
      "div",
      { class: "threshold" },
      h("label", { for: "level" }, "Threshold"),
      h("input", { type: "range", id: "level", min: 1, max: LEVELS, step: 1, value: view.level ?? ownLevel(index.runs[here.runs[0]]), oninput: (event) => setLevel(Number(event.target.value)) }),
      h("output", { id: "level-text", for: "level" }),
      h("button", { type: "button", id: "own", onclick: () => setLevel(null), title: "Each method at the threshold its rule chose (0)" }, "each its own"),
    ),
    segmented("Overlay", MODES, view.mode, setMode),
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: view.truth, onchange: (event) => ((view.truth = event.target.checked), repaint()) }), "truth outline"),
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: view.boxes, onchange: (event) => ((view.boxes = event.target.checked), repaint()) }), "boxes"),
    h("div", { class: "colours", id: "colours" }, colours()),
  );
}

// What the colours of the overlay mean.
function colours() {
  const swatch = (colour, text) => h("span", null, h("i", { "--hue": `rgb(${colour.slice(0, 3).join(" ")})` }), text);
  const stops = [0, 0.25, 0.5, 0.75, 0.999].map((share) => `rgb(${heat(share).slice(0, 3).join(" ")})`);
  if (view.mode === "errors") return [swatch(TINTS.hit, "hit"), swatch(TINTS.alarm, "false alarm"), swatch(TINTS.miss, "missed")];
  if (view.mode === "soft") return [h("span", null, "0 ", h("i", { class: "ramp", "--hue": `linear-gradient(90deg, ${stops.join(", ")})` }), "1")];
  return [];
}

function setLevel(level) {
  view.level = level;
  repaint();
}

function setMode(mode) {
  view.mode = mode;
  document.querySelectorAll(".toolbar .segmented button").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.value === mode)));
  document.getElementById("colours").replaceChildren(...colours());
  repaint();
}

function panels() {
  const known = here.pic.truth || here.pic.trueBoxes;
  const truth = h("figure", { class: "panel" }, h("figcaption", null, h("b", null, known ? "Frame and truth" : "Frame")), h("canvas", { "data-run": "", role: "img", "aria-label": known ? "The frame with its true mask" : "The frame" }));
  queueMicrotask(repaint);
  return h(
    "div",
    { class: "panels", "--count": here.runs.length + 1 },
    truth,
    here.runs.map((id) => {
      const run = index.runs[id];
      const seeds = runsOf(run.method, run.dataset);
      const swap = (other) => go(here.c, here.pic.place, here.runs.map((r) => (r === id ? Number(other) : r)));
      return h(
        "figure",
        { class: "panel", "data-id": id },
        h(
          "figcaption",
          null,
          h("b", null, methodName(run.method)),
          seeds.length > 1 ? select("seed", seeds.map((r) => [r.id, r.seed]), id, swap) : null,
          here.runs.length > 1 ? h("button", { type: "button", class: "plain close", "aria-label": `Hide ${run.method}`, onclick: () => go(here.c, here.pic.place, here.runs.filter((r) => r !== id)) }, "×") : null,
        ),
        here.pic.masks[id] ? h("canvas", { "data-run": id, role: "img", "aria-label": `${run.method} on this frame` }) : h("p", { class: "notice" }, "This report kept no picture of this frame for this run."),
        h("p", { class: "reading" }),
      );
    }),
  );
}

// Draw every panel again and say what its mask scores at this threshold.
async function repaint() {
  if (!here || !document.querySelector(".panels")) return;
  const { pic, runs, clip } = here;
  const slider = document.getElementById("level");
  const text = view.level === null ? "own" : (view.level / 20).toFixed(2);
  document.getElementById("level-text").value = text;
  document.getElementById("own").disabled = view.level === null;
  slider.value = view.level ?? ownLevel(index.runs[runs[0]]);
  slider.setAttribute("aria-valuetext", view.level === null ? "each method at its own" : text);
  await Promise.all(
    [...document.querySelectorAll(".panels canvas")].map(async (canvas) => {
      const id = canvas.dataset.run === "" ? null : Number(canvas.dataset.run);
      const level = view.level ?? (id === null ? 1 : ownLevel(index.runs[id]));
      const score = await paint(canvas, pic, id, { ...view, level });
      if (id === null || score === undefined) return;
      canvas.dataset.score = score ?? "";
      const stored = curves(index.runs[id]).get("J")?.values[clip.start + pic.place];
      const exact = stored !== undefined && !Number.isNaN(stored) && level === ownLevel(index.runs[id]);
      const reading = canvas.parentElement.querySelector(".reading");
      reading.replaceChildren(...say(score, exact ? stored : null, level));
    }),
  );
}

const say = (score, stored, level) => [
  h("b", null, stored === null ? (score === null ? "" : `J ${number(score)}`) : `J ${number(stored)}`),
  h("span", { class: "muted" }, ` at ${(level / 20).toFixed(2)}`, stored === null && score !== null ? ", of this thumbnail" : ""),
];

function frameChart() {
  const { clip, runs, set, c, pic } = here;
  const names = unique(runs.flatMap((id) => [...curves(index.runs[id]).keys()]));
  if (!names.length) return null;
  const metric = names.includes(view.metric) ? view.metric : names[0];
  const series = runs.map((id) => ({
    hue: hues.get(index.runs[id].method),
    points: clip.frames.map((_, i) => [i, curves(index.runs[id]).get(metric)?.values[clip.start + i] ?? NaN]),
  }));
  const one = series.every((s) => s.points.every(([, y]) => Number.isNaN(y) || (y >= 0 && y <= 1)));
  return h(
    "section",
    { class: "curves" },
    h("div", { class: "controls" }, segmented("Curve", names.map((n) => [n, n]), metric, (n) => ((view.metric = n), render())), legend(runs.map((id) => [index.runs[id].method, hues.get(index.runs[id].method)]))),
    chart({ series, height: 150, low: one ? 0 : undefined, high: one ? 1 : undefined, title: `${metric} over ${clip.name}`, xLabel: "dots are frames with a picture; click to jump", marks: clip.pictures, cursor: pic.place, pick: (x) => open(set, c, nearest(clip.pictures, x), runs) }),
  );
}

// Which methods are shown side by side.
function chooser() {
  const choices = methods.filter((method) => runsOf(method, here.set.name).length);
  if (choices.length < 2) return null;
  const shown = new Set(here.runs.map((id) => index.runs[id].method));
  const toggle = (method) => {
    const first = runsOf(method, here.set.name)[0].id;
    const next = shown.has(method) ? here.runs.filter((id) => index.runs[id].method !== method) : [...here.runs, first];
    if (next.length) go(here.c, here.pic.place, next);
  };
  return h("section", null, h("h2", null, "Side by side"), h("div", { class: "chips" }, choices.map((m) => h("button", { type: "button", "aria-pressed": String(shown.has(m)), onclick: () => toggle(m) }, methodName(m)))));
}

// Move by pictures (dx) and clips (dy).
function step(dx, dy) {
  if (dx) {
    const pic = here.pics[here.at + dx];
    if (pic) go(here.c, pic.place);
  }
  if (dy) {
    let c = here.c + dy;
    while (here.set.clips[c] && !here.set.clips[c].pictures.length) c += dy;
    if (here.set.clips[c]) go(c, here.set.clips[c].pictures[0]);
  }
}
