// The magnifier: the cells around the unit under the pointer, large enough to see, in the same colours.
import { element } from "../../shared/dom.js";
import { hatch, Surface } from "../../shared/surface.js";
import { outline } from "../../shared/marks.js";

const CELLS = 7;
const SIZE = 56;

export class Lens {
  constructor(parent) {
    this.box = element("div", "lens", parent);
    this.surface = new Surface(this.box, "lens-canvas");
    this.blank = true;
  }

  draw(view, unit, theme) {
    if (!unit && this.blank) return;
    const context = this.surface.resize(SIZE, SIZE);
    this.blank = !unit;
    if (!unit) return;
    const [cell, half] = [SIZE / CELLS, (CELLS - 1) / 2];
    for (let row = 0; row < CELLS; row += 1) {
      for (let column = 0; column < CELLS; column += 1) {
        const [y, x] = [unit.y + row - half, unit.x + column - half];
        if (y < 0 || x < 0 || y >= view.height || x >= view.width) continue;
        const colour = view.colourAt({ channel: unit.channel, y, x });
        context.fillStyle = colour === "transparent" ? hatch(context, theme.hatchInk, theme.hatchPaper) : colour;
        context.fillRect(column * cell, row * cell, cell + 0.5, cell + 0.5);
      }
    }
    outline(context, half * cell, half * cell, cell, cell, theme.accent);
  }
}
