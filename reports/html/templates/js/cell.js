// One method on one dataset: its numbers, clips, curves, trainings and manifests.

const cellState = { sort: [0, false], clip: 0 };

function cell([method, name]) {
  const runs = runsOf(method, name);
  const set = dataset(name);
  if (!runs.length || !set) return missing(`There is no scored run of “${method}” on “${name}” in this report.`);
  const numbers = shownRecords().filter((r) => r.method === method && r.dataset === name);
  cellState.clip = Math.min(cellState.clip, set.clips.length - 1);
  return [
    h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Leaderboard"), " / ", name),
    h("h1", null, methodName(method), h("span", { class: "muted" }, ` on ${name}`)),
    h("dl", { class: "tiles" }, numbers.map((r) => h("div", null, h("dt", null, measure(r)), h("dd", null, number(r.mean), r.std === null ? null : h("small", null, ` ± ${number(r.std)}`))))),
    controls(false),
    h("section", null, h("h2", null, "Frames worth a look"), h("div", { class: "thumbs wide" }, thumbs(runs[0]))),
    set.clips.length ? h("section", null, h("h2", null, "Clips"), clipTable(runs, set), clipChart(runs, set)) : null,
    trainings(runs),
    h("section", null, h("h2", null, "Runs"), runs.map(manifestOf)),
  ];
}

// A line per clip, means over seeds.
function clipTable(runs, set) {
  const perRun = runs.map(curves);
  const names = unique(perRun.flatMap((byMetric) => [...byMetric.keys()]));
  const average = (name, clip) => {
    const perSeed = perRun.map((byMetric) => mean(counted(byMetric.get(name)?.values ?? [], clip, set.name))).filter((v) => v !== null);
    return mean(perSeed);
  };
  const less = (name) => index.metrics[name]?.lower_is_better.includes("mean") ?? false;
  const rows = set.clips.map((clip, c) => ({ clip, c, values: Object.fromEntries(names.map((n) => [n, average(n, clip)])) }));
  const first = names[0];
  return sortable({
    caption: "Scores of each clip",
    columns: [
      { title: "Clip", text: true, value: (r) => r.clip.name, show: (r) => h("a", { href: framesLink(set, r.c, r.clip.pictures[0] ?? 0, [runs[0].id]) }, r.clip.name) },
      { title: "Frames", value: (r) => r.clip.frames.length },
      ...names.map((name) => ({ title: `${name} ${less(name) ? "↓" : "↑"}`, less: less(name), value: (r) => r.values[name], show: (r) => number(r.values[name]) })),
      {
        title: `${first ?? ""} over time`,
        text: true,
        value: (r) => r.values[first],
        show: (r) => {
          const curve = perRun[0].get(first);
          if (!curve) return "–";
          const part = curve.values.slice(r.clip.start, r.clip.start + r.clip.frames.length);
          return h("button", { type: "button", class: "plain", "aria-label": `Curves of ${r.clip.name}`, onclick: () => ((cellState.clip = r.c), render(), document.getElementById("curve")?.scrollIntoView({ block: "nearest" })) }, sparkline(part, hues.get(runs[0].method)));
        },
      },
    ],
    rows,
    sort: cellState.sort,
    onsort: (sort) => ((cellState.sort = sort), render()),
    rowAttributes: (r) => ({ "aria-current": r.c === cellState.clip ? "true" : null }),
  });
}

const DASHES = [null, "7 4", "2 3", "10 3 2 3"];

function clipChart(runs, set) {
  const clip = set.clips[cellState.clip];
  const names = unique(runs.flatMap((run) => [...curves(run).keys()]));
  // Scores that are 0 or 1 make no curve.
  const smooth = names.filter((name) => runs.some((run) => curves(run).get(name)?.values.some((v) => v > 0 && v < 1)));
  const series = smooth.flatMap((name, n) =>
    runs.slice(0, 4).map((run, s) => ({
      hue: `var(--c${n % 8})`,
      dash: DASHES[s],
      points: clip.frames.map((_, i) => [i, curves(run).get(name)?.values[clip.start + i] ?? NaN]),
    })),
  );
  const one = series.every((s) => s.points.every(([, y]) => Number.isNaN(y) || (y >= 0 && y <= 1)));
  return h(
    "div",
    { id: "curve" },
    legend(smooth.map((name, n) => [name, `var(--c${n % 8})`])),
    runs.length > 1 ? h("p", { class: "muted small" }, `Seeds ${runs.slice(0, 4).map((r) => r.seed).join(", ")}: solid, dashed, dotted, mixed.`) : null,
    chart({ series, low: one ? 0 : undefined, high: one ? 1 : undefined, title: `Scores over the frames of ${clip.name}`, xLabel: "dots are frames with a picture; click to open", marks: clip.pictures, pick: (x) => open(set, cellState.clip, nearest(clip.pictures, x), [runs[0].id]) }),
  );
}

const nearest = (places, x) => (places.length ? places.reduce((a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a)) : Math.round(x));
const open = (set, c, place, runs) => (location.hash = framesLink(set, c, place, runs));

// What was logged while the method learnt: a chart per value, a line per seed.
function trainings(runs) {
  const logs = runs.map((run) => block(`run-${run.id}`).log);
  const stages = unique(logs.flatMap((log) => Object.keys(log)));
  if (!stages.length) return null;
  return h(
    "section",
    null,
    h("h2", null, "Training"),
    stages.map((stage) => [
      h("h3", null, stage),
      h(
        "div",
        { class: "multiples" },
        unique(logs.flatMap((log) => Object.keys(log[stage] ?? {}))).map((name) =>
          chart({
            title: name,
            width: 380,
            height: 150,
            series: logs.flatMap((log, s) => (log[stage]?.[name] ? [{ points: log[stage][name], hue: `var(--c${s % 8})` }] : [])),
          }),
        ),
      ),
    ]),
    runs.length > 1 ? legend(runs.map((run, s) => [`seed ${run.seed}`, `var(--c${s % 8})`])) : null,
  );
}

function manifestOf(run) {
  return h(
    "details",
    { class: "manifest" },
    h("summary", null, `seed ${run.seed} `, h("code", null, run.key), h("span", { class: "muted" }, ` ${run.status}, ${run.started ?? ""}`)),
    h("pre", { tabindex: 0 }, JSON.stringify(block(`run-${run.id}`).manifest, null, 2)),
  );
}

const missing = (text) => [h("h1", null, "Nothing here"), h("p", { class: "notice" }, text), h("p", null, h("a", { href: "#/" }, "Back to the leaderboard"))];
