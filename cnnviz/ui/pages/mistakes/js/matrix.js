// The counts as a table of buttons: one tab stop, arrow keys between the cells, a click chooses.
import { element } from "../../../components/shared/dom.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function heading(row, text, upright) {
  const cell = element("th", "", row);
  cell.scope = "col";
  element("div", upright ? "upright" : "", cell, text);
}

function draw(root, data, choose) {
  const long = data.columns.some((name) => name.length > 3);
  const scroll = element("div", "scroll", root);
  const table = element("table", "matrix", scroll);
  element("caption", "", table, data.words.caption);
  const head = element("tr", "", element("thead", "", table));
  element("td", "", head);
  for (const name of data.columns) heading(head, name, long);
  const body = element("tbody", "", table);
  const cells = data.counts.map((counts, y) => {
    const row = element("tr", "", body);
    const name = element("th", "", row, data.rows[y]);
    name.scope = "row";
    return counts.map((cell, x) => {
      const kind = cell.count === 0 ? "none" : cell.right ? "right" : "wrong";
      const made = element("button", `cell ${kind}`, element("td", "", row), cell.count ? String(cell.count) : "·");
      made.type = "button";
      made.style.setProperty("--share", `${Math.round(6 + 40 * cell.share)}%`);
      made.setAttribute("aria-label", cell.label);
      made.title = cell.label;
      made.setAttribute("aria-pressed", String(data.chosen?.[0] === y && data.chosen?.[1] === x));
      made.tabIndex = -1;
      made.addEventListener("click", () => choose(y, x));
      made.addEventListener("keydown", (event) => {
        const move = MOVES[event.key];
        const next = move && cells[y + move[0]]?.[x + move[1]];
        if (!next) return;
        event.preventDefault();
        made.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      });
      return made;
    });
  });
  const [y, x] = data.chosen ?? [0, 0];
  cells[y][x].tabIndex = 0;
  return cells;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.querySelector(".cell:focus") !== null;
  parentElement.querySelector(".cnnviz-mistakes")?.remove();
  const root = element("div", "cnnviz-mistakes", parentElement);
  const cells = draw(root, data, (row, column) => setTriggerValue("cell", { row, column, serial: Date.now() }));
  if (focused && data.chosen) cells[data.chosen[0]][data.chosen[1]].focus();
}
