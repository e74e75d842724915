// A picture of each layer's output: its maps side by side on one colour scale, a vector as a block of cells.
import { ColourScale } from "../../shared/colour.js";
import { element, setText } from "../../shared/dom.js";

function layout(shape) {
  if (shape.length === 1) {
    const across = Math.ceil(Math.sqrt(1.2 * shape[0]));
    return { count: shape[0], height: 1, width: 1, across, gap: 0 };
  }
  const [count, height, width] = shape;
  return { count, height, width, across: Math.ceil(Math.sqrt(count)), gap: 1 };
}

export class Layers {
  /** @type {(name: string) => void} */ open;
  tiles = [];

  constructor(parent, open) {
    this.list = element("ol", "layers", parent);
    this.open = open;
  }

  show(layers, values, theme, label) {
    this.list.hidden = !layers.length;
    this.list.setAttribute("aria-label", label);
    while (this.tiles.length > layers.length) this.tiles.pop().item.remove();
    let start = 0;
    layers.forEach((layer, index) => {
      const tile = (this.tiles[index] ??= this.make());
      const count = layer.shape.reduce((a, b) => a * b, 1);
      tile.layer = layer;
      tile.link.href = layer.href;
      tile.link.title = layer.alt;
      tile.link.setAttribute("aria-label", layer.alt);
      setText(tile.name, layer.name);
      layer.lines.forEach((line, at) => setText((tile.lines[at] ??= element("span", "line", tile.link)), line));
      this.paint(tile.canvas, layer.shape, values.length ? values.subarray(start, start + count) : null, theme.dark);
      start += count;
    });
  }

  make() {
    const item = element("li", "layer", this.list);
    const link = element("a", "tile", item);
    const tile = { item, link, lines: [] };
    tile.canvas = element("canvas", "maps", element("span", "frame", link));
    tile.name = element("strong", "name", link);
    link.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.open(tile.layer.name);
    });
    return tile;
  }

  paint(canvas, shape, values, dark) {
    const { count, height, width, across, gap } = layout(shape);
    const down = Math.ceil(count / across);
    canvas.width = across * (width + gap) - gap;
    canvas.height = down * (height + gap) - gap;
    const context = canvas.getContext("2d");
    if (!values) return context.clearRect(0, 0, canvas.width, canvas.height);
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const scale = new ColourScale(low, high, low < 0, dark);
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let channel = 0; channel < count; channel += 1) {
      const [left, top] = [(channel % across) * (width + gap), Math.floor(channel / across) * (height + gap)];
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1)
          pixels[(top + y) * canvas.width + left + x] = scale.packed(values[(channel * height + y) * width + x]);
    }
    context.putImageData(image, 0, 0);
  }
}
