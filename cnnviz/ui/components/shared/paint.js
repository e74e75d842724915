// Values to pixels: several maps rasterised, one pixel a cell, into one sheet that is then drawn enlarged.
export class Sheet {
  constructor(count, height, width) {
    this.count = count;
    this.mapHeight = height;
    this.mapWidth = width;
    this.columns = Math.max(1, Math.ceil(Math.sqrt((count * height) / width)));
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.columns * width;
    this.canvas.height = Math.ceil(count / this.columns) * height;
  }

  // `paint(pixels, offset, stride, index)` writes map `index` into the packed pixels.
  fill(paint) {
    const context = this.canvas.getContext("2d");
    const picture = context.createImageData(this.canvas.width, this.canvas.height);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let index = 0; index < this.count; index += 1) {
      const [left, top] = this.origin(index);
      paint(pixels, top * this.canvas.width + left, this.canvas.width, index);
    }
    context.putImageData(picture, 0, 0);
    return this;
  }

  origin(index) {
    return [(index % this.columns) * this.mapWidth, Math.floor(index / this.columns) * this.mapHeight];
  }

  draw(context, index, rect) {
    const [left, top] = this.origin(index);
    context.drawImage(this.canvas, left, top, this.mapWidth, this.mapHeight, rect.left, rect.top, rect.width, rect.height);
  }
}

// One channel in the colours of a scale.
export function paintMap(pixels, offset, stride, values, start, height, width, scale) {
  for (let y = 0, i = start; y < height; y += 1) {
    for (let x = 0, at = offset + y * stride; x < width; x += 1, i += 1, at += 1) pixels[at] = scale.packed(values[i]);
  }
}

// Three planes as red, green and blue; one plane as grey. Values from `low` (0) to `high` (255).
export function paintColour(pixels, offset, stride, values, starts, height, width, low, high) {
  const factor = high > low ? 255 / (high - low) : 0;
  const level = (value) => Math.min(255, Math.max(0, Math.round((value - low) * factor)));
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0, at = offset + y * stride; x < width; x += 1, i += 1, at += 1) {
      const [red, green, blue] = starts.map((start) => level(values[start + i]));
      const odd = starts.some((start) => !Number.isFinite(values[start + i]));
      pixels[at] = odd ? 0 : ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    }
  }
}

// The values written into cells that are large enough to read them; as large as fit where they are `presented`.
export function writeCells(context, rect, height, width, valueAt, scale, format, font, presented = false) {
  const [across, down] = [rect.width / width, rect.height / height];
  context.font = `${presented ? Math.min(16, across / 3.2) : Math.min(12, Math.floor(across / 4.4))}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [centreX, centreY] = [rect.left + (x + 0.5) * across, rect.top + (y + 0.5) * down];
      if (centreX < 0 || centreY < 0 || centreX > rect.clipWidth || centreY > rect.clipHeight) continue;
      const value = valueAt(y, x);
      context.fillStyle = scale.ink(value);
      context.fillText(format(value), centreX, centreY);
    }
  }
}
