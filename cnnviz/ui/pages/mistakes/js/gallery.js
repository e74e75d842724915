// Images as buttons, each with its label, the answer and how sure it was; a click chooses.
import { element } from "../../../components/shared/dom.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const focused = parentElement.querySelector(".tile:focus")?.dataset.number;
  parentElement.querySelector(".cnnviz-mistakes")?.remove();
  const root = element("div", "cnnviz-mistakes", parentElement);
  const list = element("ul", "tiles", root);
  list.setAttribute("aria-label", data.words.list);
  for (const tile of data.tiles) {
    const made = element("button", "tile", element("li", "", list));
    made.type = "button";
    made.dataset.number = tile.number;
    made.setAttribute("aria-pressed", String(tile.number === data.chosen));
    made.setAttribute("aria-label", tile.label);
    made.title = tile.label;
    const picture = element("img", "", made);
    picture.src = tile.picture;
    picture.alt = "";
    element("span", "answer", made, tile.answer);
    element("span", "sure", made, tile.sure);
    made.addEventListener("click", () => setTriggerValue("image", { number: tile.number, serial: Date.now() }));
    if (String(tile.number) === focused) made.focus();
  }
}
