// A grid whose empty cells take a number each: Tab and the arrow keys go from cell to cell.
import { element } from "../../../components/shared/dom.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [0, 1] };

function numberOf(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

export default function ({ data, parentElement, setStateValue }) {
  const shape = JSON.stringify(data.given);
  const old = parentElement.querySelector(".cnnviz-response");
  if (old?.dataset.shape === shape) return;
  old?.remove();
  const root = element("div", "cnnviz-response", parentElement);
  root.dataset.shape = shape;
  const table = element("table", "fill", root);
  element("caption", "", table, data.words["fill.label"]);
  const body = element("tbody", "", table);
  const inputs = data.given.map((line, y) => {
    const row = element("tr", "", body);
    return line.map((value, x) => {
      const cell = element("td", "", row, value === null ? undefined : String(value));
      if (value !== null) return null;
      const input = element("input", "", cell);
      input.type = "text";
      input.inputMode = "decimal";
      input.autocomplete = "off";
      const words = data.words["fill.cell"].replace("{row}", y).replace("{column}", x);
      input.setAttribute("aria-label", words);
      return input;
    });
  });
  const tell = () => {
    const cells = data.given.map((line, y) => line.map((value, x) => value ?? numberOf(inputs[y][x].value)));
    const done = cells.every((line) => line.every((value) => value !== null));
    setStateValue("grid", { cells: done ? cells : null });
  };
  inputs.forEach((line, y) => line.forEach((input, x) => {
    if (!input) return;
    input.addEventListener("change", () => {
      input.setAttribute("aria-invalid", String(input.value.trim() !== "" && numberOf(input.value) === null));
      tell();
    });
    input.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      const next = move && (inputs[y + move[0]]?.[x + move[1]] ?? (event.key === "Enter" ? inputs[y + 1]?.[0] : null));
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }));
  element("p", "hint", root, data.words["fill.hint"]);
}
