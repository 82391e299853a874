// Line charts as SVG: scores over the frames of a clip, logged values over training.

function chart({ series, width = 1000, height = 180, low, high, title, marks = [], cursor = null, pick = null, xLabel = "" }) {
  const [W, left, right, top, bottom] = [width, 44, 8, 10, 26];
  const points = series.flatMap((s) => s.points);
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]).filter((y) => y !== null && !Number.isNaN(y));
  if (!ys.length) return h("p", { class: "muted" }, "Nothing was recorded here.");
  const least = (list) => list.reduce((a, b) => Math.min(a, b));
  const most = (list) => list.reduce((a, b) => Math.max(a, b));
  const [x0, x1] = [least(xs), Math.max(most(xs), least(xs) + 1)];
  const y0 = low ?? least(ys);
  const y1 = Math.max(high ?? most(ys), y0 + 1e-9);
  const X = (x) => left + ((x - x0) / (x1 - x0)) * (W - left - right);
  const Y = (y) => top + (1 - (y - y0) / (y1 - y0)) * (height - top - bottom);
  const grid = ticks(y0, y1, 4).map((y) => [
    svg("line", { class: "grid", x1: left, x2: W - right, y1: Y(y), y2: Y(y) }),
    svg("text", { class: "tick", x: left - 6, y: Y(y) + 3.5, "text-anchor": "end" }, short(y)),
  ]);
  const below = ticks(x0, x1, width / 120).map((x) => svg("text", { class: "tick", x: X(x), y: height - 8, "text-anchor": "middle" }, short(x)));
  const lines = series.map((s) => svg("path", { class: "line", d: path(s.points, X, Y), "--hue": s.hue, "stroke-dasharray": s.dash }));
  const dots = marks.map((x) => svg("circle", { class: "mark", cx: X(x), cy: height - bottom, r: 3 }));
  const at = cursor === null ? [] : [svg("line", { class: "cursor", x1: X(cursor), x2: X(cursor), y1: top, y2: height - bottom })];
  const picture = svg("svg", { viewBox: `0 0 ${W} ${height}`, role: "img", "aria-label": title, class: pick ? "chart pickable" : "chart" }, grid, below, lines, dots, at);
  if (pick)
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      pick(x0 + ((((event.clientX - box.left) / box.width) * W - left) / (W - left - right)) * (x1 - x0));
    });
  return h("figure", { class: "chartbox" }, title && h("figcaption", null, title, xLabel && h("span", { class: "muted" }, ` ${xLabel}`)), picture);
}

// A gap where nothing was scored.
function path(points, X, Y) {
  let pen = "M";
  let text = "";
  for (const [x, y] of points) {
    if (y === null || Number.isNaN(y)) {
      pen = "M";
      continue;
    }
    text += `${pen}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`;
    pen = "L";
  }
  return text;
}

function ticks(low, high, count) {
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * unit).find((s) => s >= rough);
  const marks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) marks.push(i * step);
  return marks;
}

const short = (value) => String(Number(value.toPrecision(3)));

function sparkline(values, hue) {
  const [W, H] = [140, 26];
  const known = [...values].filter((v) => !Number.isNaN(v));
  const high = Math.max(1, ...known.slice(0, 1));
  const points = [...values].map((v, i) => [i, v]);
  const d = path(points, (x) => (x / Math.max(1, values.length - 1)) * W, (y) => H - 2 - (y / high) * (H - 4));
  return svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "spark", "aria-hidden": "true" }, svg("path", { class: "line", d, "--hue": hue }));
}

const legend = (entries) =>
  h("ul", { class: "legend" }, entries.map(([name, hue]) => h("li", null, h("i", { "--hue": hue }), name)));
