// Views by the address behind #, the keyboard, light and dark.

const VIEWS = { "": leaderboard, cell, frames, runs };
const SHORTCUTS = [
  ["l  f  r", "leaderboard, frames, runs"],
  ["← →", "previous and next picture; in a table, the cell beside"],
  ["↑ ↓", "previous and next clip; in a table, the cell above or below"],
  [", .", "threshold down and up"],
  ["0", "each method at its own threshold"],
  ["o", "next kind of overlay"],
  ["g", "truth outline on and off"],
  ["/", "filter methods"],
  ["t", "light or dark"],
  ["?", "this list"],
];

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").map(decode);
  return { name: parts[0], parts: parts.slice(1), query: new URLSearchParams(query) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody typed a lone %
  }
}

function render() {
  const { name, parts, query } = route();
  const main = document.getElementById("main");
  const scrolled = document.querySelector(".strip")?.scrollLeft ?? 0;
  const show = Object.hasOwn(VIEWS, name) ? VIEWS[name] : () => missing("This address leads nowhere in this report.");
  main.replaceChildren(...[show(parts, query)].flat(Infinity).filter(Boolean));
  document.body.dataset.view = name || "leaderboard";
  for (const a of document.querySelectorAll("header nav a")) {
    if (a.dataset.view === document.body.dataset.view) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  document.title = `${main.querySelector("h1")?.textContent ?? "report"} – selfbench`;
  const [row, now] = [main.querySelector(".strip"), main.querySelector(".strip [aria-current]")];
  if (row && now) row.scrollLeft = Math.max(Math.min(scrolled, now.offsetLeft - 16), now.offsetLeft + now.offsetWidth + 16 - row.clientWidth);
}

let last = null;
window.addEventListener("hashchange", () => {
  const { name, parts } = route();
  const same = last === name && name === "frames";
  last = name;
  render();
  if (!same) window.scrollTo(0, 0);
});

// In a table the arrows move between its buttons and links, as in a spreadsheet.
function moveInTable(cellElement, dx, dy) {
  const row = cellElement.parentElement;
  let [line, column] = [row, [...row.children].indexOf(cellElement) + dx];
  if (dy) do line = dy > 0 ? line.nextElementSibling : line.previousElementSibling; while (line && line.classList.contains("opened"));
  const target = line?.children[column]?.querySelector("button, a");
  target?.focus();
  return Boolean(target);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function arrow(event) {
  const [dx, dy] = ARROWS[event.key];
  const inTable = document.activeElement.closest?.("tbody td, tbody th");
  if (inTable) return moveInTable(inTable, dx, dy);
  if (document.body.dataset.view !== "frames" || !here) return false;
  step(dx, dy);
  return true;
}

const ACTIONS = {
  l: () => (location.hash = "#/"),
  f: () => (location.hash = "#/frames"),
  r: () => (location.hash = "#/runs"),
  t: () => switchTheme(),
  "?": () => showKeys(),
  "/": () => document.getElementById("filter")?.focus(),
};
const ON_FRAMES = {
  ",": () => setLevel(Math.max(1, (view.level ?? ownLevel(index.runs[here.runs[0]])) - 1)),
  ".": () => setLevel(Math.min(LEVELS, (view.level ?? ownLevel(index.runs[here.runs[0]])) + 1)),
  0: () => setLevel(null),
  o: () => setMode(MODES[(MODES.findIndex(([m]) => m === view.mode) + 1) % MODES.length][0]),
  g: () => document.querySelector(".check input")?.click(),
};

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.getElementById("keys").open) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key in ARROWS) {
    if (arrow(event)) event.preventDefault();
    return;
  }
  const action = ACTIONS[event.key] ?? (document.body.dataset.view === "frames" && here ? ON_FRAMES[event.key] : null);
  if (action) {
    event.preventDefault();
    action();
  }
});

// The choice is kept where the browser allows it; a page from disk may not be allowed.
function switchTheme() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("selfbench-theme", document.documentElement.dataset.theme);
  } catch {
    // Then the next page follows the system again.
  }
}

try {
  const kept = localStorage.getItem("selfbench-theme");
  if (["light", "dark"].includes(kept)) document.documentElement.dataset.theme = kept;
} catch {
  // As above.
}

function showKeys() {
  const dialog = document.getElementById("keys");
  dialog.replaceChildren(
    h("h2", { id: "keys-title" }, "Keyboard"),
    h("dl", null, SHORTCUTS.map(([keys, what]) => [h("dt", null, keys.split(/ +/).map((k) => h("kbd", null, k))), h("dd", null, what)])),
    h("form", { method: "dialog" }, h("button", null, "Close")),
  );
  dialog.showModal();
}

document.getElementById("theme").addEventListener("click", switchTheme);
document.getElementById("help").addEventListener("click", showKeys);
document.getElementById("made").textContent = `selfbench ${index.version} · ${index.made.slice(0, 10)}`;
last = route().name;
render();
