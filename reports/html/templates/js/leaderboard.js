// The first view: methods × (datasets × metrics), sortable; a number opens its frames below it.

const board = { sort: null, filter: "", open: null };

function leaderboard() {
  const shown = shownRecords();
  const names = index.datasets.map((d) => d.name).filter((name) => shown.some((r) => r.dataset === name));
  const columns = names.flatMap((name) =>
    unique(shown.filter((r) => r.dataset === name).map(measure)).map((title, i) => ({ dataset: name, title, first: i === 0 })),
  );
  const lookup = new Map(shown.map((r) => [key(r.method, r.dataset, measure(r)), r]));
  const find = (method, c) => lookup.get(key(method, c.dataset, c.title));
  columns.forEach((c) => Object.assign(c, scale(methods.map((m) => find(m, c)).filter(Boolean))));
  const places = new Map(table().places.map(([...where]) => [key(...where.slice(0, 3)), where[3]]));
  const words = board.filter.toLowerCase();
  const rows = methods.filter((m) => m.toLowerCase().includes(words)).map((method) => ({ method, below: opened(method, find, columns) }));
  const grid = sortable({
    caption: "Methods by datasets and metrics",
    columns: [
      { title: "Method", text: true, value: (r) => r.method, show: (r) => methodName(r.method) },
      ...columns.map((c) => ({
        title: `${c.title} ${c.less ? "↓" : "↑"}`,
        hint: index.metrics[c.metric]?.protocol,
        less: c.less,
        first: c.first,
        value: (r) => find(r.method, c)?.mean ?? null,
        show: (r) => value(find(r.method, c), c, r.method, places.get(key(r.method, c.dataset, c.title))),
      })),
    ],
    groups: [h("td"), ...names.map((name) => h("th", { colspan: columns.filter((c) => c.dataset === name).length, scope: "colgroup", "data-first": true }, name))],
    rows,
    sort: board.sort ?? (columns.length ? [1, !columns[0].less] : null),
    onsort: (sort, column) => {
      board.sort = sort;
      render();
      document.querySelectorAll("thead tr:last-child button")[column]?.focus();
    },
    rowAttributes: (r) => ({ "data-method": r.method }),
  });
  return [
    h("h1", null, "Leaderboard"),
    h(
      "p",
      { class: "lead" },
      `${plural(methods.length, "method")} on ${plural(index.datasets.length, "dataset")}, ${plural(index.runs.length, "run")}. `,
      "Select a number for its worst, median and most disputed frames.",
    ),
    unfinishedNote(),
    controls(),
    shown.length ? grid : h("p", { class: "notice" }, "No score has this protocol; choose another threshold or frame rule."),
    rows.length ? null : h("p", { class: "notice" }, `No method is called “${board.filter}”.`),
    notes(),
  ];
}

const key = (...parts) => JSON.stringify(parts);
const measure = (r) => (r.statistic === "mean" ? r.metric : `${r.metric} ${r.statistic}`);

function methodName(method) {
  const [plain, changed] = method.split(/ (?=\[)/);
  return [h("i", { class: "dot", "--hue": hues.get(method) }), h("span", { class: "method" }, plain), changed && h("small", { class: "changed" }, ` ${changed.slice(1, -1)}`)];
}

// Bold and underlined as in the printed tables; `tables` says which and why.
const table = () => index.tables[`${protocol.threshold}|${protocol.frames}`] ?? { notes: [], places: [] };

function scale(list) {
  const means = list.map((r) => r.mean).filter((v) => v !== null);
  return { less: list[0]?.lower_is_better ?? false, metric: list[0]?.metric, low: Math.min(0, ...means), high: Math.max(1e-9, ...means) };
}

function value(record, column, method, place) {
  if (!record || record.mean === null) return h("span", { class: "missing", title: "Not scored" }, "–");
  const isOpen = board.open && board.open.method === method && board.open.dataset === column.dataset;
  return h(
    "button",
    {
      type: "button",
      class: `value ${{ 1: "best", 2: "second" }[place] ?? ""}`,
      "aria-expanded": String(Boolean(isOpen)),
      "--share": Math.max(0, (record.mean - column.low) / (column.high - column.low || 1)),
      title: [record.std === null ? `seed ${record.seeds[0]}` : `mean ± sample standard deviation over seeds ${record.seeds.join(", ")}`, between(record)].filter(Boolean).join("; "),
      onclick: () => {
        board.open = isOpen ? null : { method, dataset: column.dataset, title: column.title };
        render();
        document.querySelector(`tr[data-method="${CSS.escape(method)}"] .value[aria-expanded="${!isOpen}"]`)?.focus();
      },
    },
    number(record.mean),
    record.std === null ? null : h("span", { class: "std" }, ` ± ${number(record.std)}`),
  );
}

const between = (r) => (r.interval ? `95 % interval over clips ${r.interval.map((v) => number(v)).join(" – ")}` : "");

// The row below an open number.
function opened(method, find, columns) {
  if (board.open?.method !== method) return [];
  const { dataset: name } = board.open;
  const numbers = columns.filter((c) => c.dataset === name).map((c) => [c.title, find(method, c)]).filter(([, r]) => r);
  const runs = runsOf(method, name);
  if (!runs.length) return [];
  const searched = (run) => Object.entries(run.levels).filter(([rule]) => rule !== "0.5" && rule !== "labels");
  const levels = unique(runs.flatMap((run) => searched(run).map(([rule, level]) => `${level.toFixed(2)} (${rule})`)));
  return [
    h(
      "tr",
      { class: "opened" },
      h(
        "td",
        { colspan: columns.length + 1 },
        h(
          "div",
          { class: "drawer" },
          h(
            "div",
            { class: "facts" },
            h("h2", null, methodName(method), h("span", { class: "muted" }, ` on ${name}`)),
            h("dl", null, numbers.map(([title, r]) => [h("dt", null, title), h("dd", { title: between(r) }, withStd(r.mean, r.std), r.interval ? h("small", { class: "muted" }, ` [${r.interval.map((v) => number(v)).join(", ")}]`) : null)])),
            h("p", { class: "muted" }, `${plural(numbers[0]?.[1].clips ?? 0, "clip")}, seed ${runs.map((r) => r.seed).join(", ")}`, levels.length ? `; threshold ${levels.join(", ")}` : ""),
            h("p", null, h("a", { class: "button", href: cellLink(method, name) }, "Clips, curves, training →")),
          ),
          h("div", { class: "thumbs" }, thumbs(runs[0])),
        ),
      ),
    ),
  ];
}

// The marked frames of a run, each a link into the frame browser.
function thumbs(run) {
  const set = dataset(run.dataset);
  if (set.problem) return h("p", { class: "notice" }, set.problem);
  return marked(run).map(([kind, position]) => {
    const { c, place } = placeOf(set, position);
    const pic = clipBlock(set.id, c).find((p) => p.place === place);
    if (!pic) return null;
    const canvas = h("canvas", { role: "img", "aria-label": `${kind} frame of ${run.method}` });
    paint(canvas, pic, run.id, { level: ownLevel(run), mode: "mask", truth: true, boxes: true });
    const score = run.protocol && curves(run).get(run.protocol[0])?.values[position];
    return h(
      "a",
      { class: "thumb", href: framesLink(set, c, place, [run.id, ...rivals(run, pic)]) },
      canvas,
      h("span", { class: `kind ${kind}` }, kind),
      h("span", { class: "where" }, `${set.clips[c].name} / ${pic.frame}`),
      score === undefined ? null : h("span", { class: "score" }, `${run.protocol[0]} ${number(score)}`),
    );
  });
}

// The two best other methods that show their mask in this picture.
function rivals(run, pic) {
  const ranked = shownRecords().filter((r) => r.dataset === run.dataset && r.metric === run.protocol?.[0] && r.statistic === "mean" && r.method !== run.method);
  ranked.sort((a, b) => (a.lower_is_better ? a.mean - b.mean : b.mean - a.mean));
  return ranked.map((r) => runsOf(r.method, r.dataset)[0]?.id).filter((id) => id !== undefined && pic.masks[id]).slice(0, 2);
}

function controls(filtered = true) {
  const rules = unique(records.map((r) => r.threshold)).filter((rule) => rule && rule !== "labels").sort();
  const conventions = unique(records.map((r) => r.frames)).sort();
  const statistics = unique(records.map((r) => r.statistic));
  const set = (name) => (chosen) => {
    protocol[name] = chosen;
    board.sort = name === "statistic" ? null : board.sort;
    render();
    document.querySelector(`.segmented [data-value="${CSS.escape(chosen)}"][aria-pressed="true"]`)?.focus();
  };
  const usual = ["usual", "as in the papers", "What the papers of each dataset do"];
  const plain = (names) => names.map((name) => [name, name]);
  return h(
    "div",
    { class: "controls" },
    filtered && h("label", { class: "search" }, h("span", { class: "visually-hidden" }, "Filter methods"), h("input", { type: "search", id: "filter", placeholder: "Filter methods", value: board.filter, oninput: filter })),
    rules.length ? segmented("Threshold", [usual, ...plain(rules)], protocol.threshold, set("threshold")) : null,
    conventions.length > 1 ? segmented("Frames", [usual, ...plain(conventions)], protocol.frames, set("frames")) : null,
    statistics.length > 1 ? segmented("Statistic", [...plain(statistics), ["*", "all"]], protocol.statistic, set("statistic")) : null,
  );
}

function filter(event) {
  board.filter = event.target.value;
  const at = event.target.selectionStart;
  render();
  const input = document.getElementById("filter");
  input.focus();
  input.setSelectionRange(at, at);
}

const notes = () => {
  const texts = table().notes;
  const more = records.some((r) => r.interval) ? ["Brackets, on opening a number: 95 % bootstrap interval over clips"] : [];
  return texts.length ? h("section", { class: "notes" }, h("h2", null, "What the numbers mean"), h("ul", null, [...texts, ...more].map((text) => h("li", null, `${text}.`)))) : null;
};

const unfinishedNote = () =>
  index.unfinished.length
    ? h("p", { class: "notice" }, `${plural(index.unfinished.length, "run")} started and did not finish: failed, stopped or still at work. `, h("a", { href: "#/runs" }, "Which ones"), ".")
    : null;
