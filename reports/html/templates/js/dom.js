// Making elements. Texts are only ever set as text, so no name can become markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const DIGITS = 3; // as in the tables of the other reports
const number = (value, digits = DIGITS) =>
  value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
const withStd = (mean, std) => (std === null || mean === null ? number(mean) : `${number(mean)} ± ${number(std)}`);
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
const unique = (list) => [...new Set(list)];
const mean = (list) => (list.length ? list.reduce((a, b) => a + b, 0) / list.length : null);

// A group of buttons of which one is pressed.
function segmented(label, options, chosen, choose) {
  return h(
    "div",
    { class: "segmented", role: "group", "aria-label": label },
    h("span", { class: "label" }, label),
    options.map(([value, text, title]) =>
      h("button", { type: "button", title, "aria-pressed": String(value === chosen), "data-value": value, onclick: () => choose(value) }, text),
    ),
  );
}

function select(label, options, chosen, choose) {
  return h(
    "label",
    { class: "select" },
    h("span", { class: "label" }, label),
    h(
      "select",
      { onchange: (event) => choose(event.target.value) },
      options.map(([value, text]) => h("option", { value, selected: String(value) === String(chosen) }, text)),
    ),
  );
}

// A table whose header buttons sort it. Columns: {title, value(row), show(row), less, text, group}.
function sortable({ caption, columns, rows, sort, onsort, rowAttributes, groups }) {
  const [by, down] = sort ?? [null, false];
  const sorted = [...rows];
  if (by !== null) {
    const column = columns[by];
    sorted.sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      const [noX, noY] = [x, y].map((v) => v === null || v === undefined || Number.isNaN(v));
      if (noX || noY) return noX - noY; // what is missing comes last, whatever the direction
      const order = typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y;
      return down ? -order : order;
    });
  }
  const head = columns.map((column, i) =>
    h(
      "th",
      { scope: "col", class: column.text ? "text" : null, "data-first": column.first, "aria-sort": by === i ? (down ? "descending" : "ascending") : "none" },
      h(
        "button",
        { type: "button", title: column.hint, onclick: () => onsort([i, by === i ? !down : !(column.text || column.less)], i) },
        column.title,
        h("span", { class: "arrow", "aria-hidden": "true" }, by === i ? (down ? "▼" : "▲") : ""),
      ),
    ),
  );
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      null,
      caption && h("caption", { class: "visually-hidden" }, caption),
      h("thead", null, groups && h("tr", { class: "groups" }, groups), h("tr", null, head)),
      h(
        "tbody",
        null,
        sorted.flatMap((row) => [
          h(
            "tr",
            rowAttributes?.(row),
            columns.map((column, i) =>
              h(i ? "td" : "th", { scope: i ? null : "row", class: column.text ? "text" : null, "data-first": column.first }, column.show ? column.show(row) : (column.value(row) ?? "–")),
            ),
          ),
          row.below ?? [],
        ]),
      ),
    ),
  );
}
