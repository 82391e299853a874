// All runs: what they cost, where they ran, and the ones that did not finish.

const runsState = { sort: [0, false] };

function runs() {
  const perFrame = (r) => (r.timings?.predict_s && r.timings?.predicted_frames ? (1000 * r.timings.predict_s) / r.timings.predicted_frames : null);
  const commit = (r) => (r.git ? `${r.git.commit.slice(0, 7)}${r.git.dirty ? "+" : ""}` : "–");
  return [
    h("h1", null, "Runs"),
    h("p", { class: "lead" }, `${plural(index.runs.length, "scored run")}. A commit with + had changes that were not committed.`),
    unfinished(),
    sortable({
      caption: "Scored runs",
      columns: [
        { title: "Dataset", text: true, value: (r) => r.dataset },
        { title: "Method", text: true, value: (r) => r.method, show: (r) => h("a", { href: cellLink(r.method, r.dataset) }, methodName(r.method)) },
        { title: "Seed", value: (r) => r.seed },
        { title: "Key", text: true, value: (r) => r.key, show: (r) => h("code", null, r.key) },
        { title: "Started (UTC)", text: true, value: (r) => r.started ?? "", show: (r) => (r.started ?? "–").replace("T", " ").replace("Z", "") },
        { title: "Fit s", less: true, value: (r) => r.timings?.fit_s ?? null, show: (r) => number(r.timings?.fit_s, 1) },
        { title: "Predict ms/frame", less: true, value: perFrame, show: (r) => number(perFrame(r), 1) },
        { title: "Peak MB", less: true, value: (r) => r.peak_memory_mb ?? null, show: (r) => number(r.peak_memory_mb, 0) },
        { title: "Device", text: true, value: (r) => r.device ?? "–" },
        { title: "Commit", text: true, value: commit, show: (r) => h("code", null, commit(r)) },
        { title: "Sees", text: true, value: (r) => r.sees ?? "not known" },
        { title: "From", text: true, value: (r) => (r.ours ? "ours, no paper" : "") },
        { title: "Given", text: true, value: (r) => (r.supervision ?? []).join(", ") || "nothing" },
      ],
      rows: index.runs.map((run) => ({ ...run })),
      sort: runsState.sort,
      onsort: (sort) => ((runsState.sort = sort), render()),
    }),
    h("section", null, h("h2", null, "Manifests"), index.runs.map((run) => h("div", { class: "labelled" }, h("span", null, `${run.method} on ${run.dataset}`), lazyManifest(run)))),
  ];
}

// Hundreds of manifests are only written out when they are opened.
function lazyManifest(run) {
  const details = h("details", { class: "manifest", ontoggle: () => details.querySelector("pre") || details.append(h("pre", { tabindex: 0 }, JSON.stringify(block(`run-${run.id}`).manifest, null, 2))) }, h("summary", null, `seed ${run.seed} `, h("code", null, run.key)));
  return details;
}

function unfinished() {
  if (!index.unfinished.length) return null;
  return h(
    "section",
    { class: "notice" },
    h("h2", null, "Not finished"),
    h("p", null, "These started and have no scores: they failed, were stopped or are still at work. The command that started them continues them."),
    h("ul", null, index.unfinished.map((m) => h("li", null, h("b", null, `${m.method} on ${m.dataset}`), `, seed ${m.seed}, started ${m.started ?? "?"}: ${m.error ?? m.status ?? "unknown"} `, h("code", null, m.key)))),
  );
}
