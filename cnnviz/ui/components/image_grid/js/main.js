// Images as buttons with one tab stop: arrow keys move between them, a click or Enter selects.
import { element } from "../../shared/dom.js";
import { nextTile } from "./keys.js";

// The part of the sprite that shows image `index`, `side` pixels along its longer side.
function picture(parent, { url, count, height, width }, index, side) {
  const scale = side / Math.max(height, width);
  const made = element("span", "picture", parent);
  Object.assign(made.style, {
    width: `${width * scale}px`, height: `${height * scale}px`,
    backgroundImage: `url(${url})`, backgroundSize: `${count * width * scale}px ${height * scale}px`, backgroundPosition: `${-index * width * scale}px 0`,
  });
}

function draw(list, data, select) {
  return data.tiles.map(({ number, label, lines }, index) => {
    const made = element("button", "tile", element("li", "", list));
    made.type = "button";
    made.dataset.number = number;
    made.setAttribute("aria-pressed", String(number === data.chosen));
    made.setAttribute("aria-label", label);
    made.title = label;
    made.tabIndex = -1;
    picture(made, data.sprite, index, data.side);
    for (const line of lines) element("span", "line", made, line);
    made.addEventListener("click", () => select(number));
    return made;
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.querySelector(".tile:focus")?.dataset.number;
  parentElement.querySelector(".cnnviz-image-grid")?.remove();
  const list = element("ul", "cnnviz-image-grid", parentElement);
  list.dataset.row = data.row;
  list.setAttribute("aria-label", data.label);
  const tiles = draw(list, data, (number) => setTriggerValue("image", { number, serial: Date.now() }));
  const at = (number) => tiles.findIndex((tile) => tile.dataset.number === String(number));
  const first = tiles[Math.max(0, at(focused ?? data.chosen))];
  if (first) first.tabIndex = 0;
  list.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) event.stopPropagation(); // arrows step through a page's layers elsewhere
    const here = tiles.indexOf(/** @type {HTMLElement} */ (event.target));
    const tops = tiles.map((tile) => tile.offsetTop);
    const next = tiles[nextTile(here, event.key, tops)];
    if (!next) return;
    event.preventDefault();
    tiles[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  if (focused !== undefined && at(focused) >= 0) tiles[at(focused)].focus();
}
