// Marks over the values: cursor, pin, receptive-field boxes, reached units. Two tones, so it shows on any colour.
import { hatch } from "./surface.js";

export function outline(context, left, top, width, height, inner, thick = 2) {
  const [w, h] = [Math.max(width, 3), Math.max(height, 3)];
  context.lineWidth = thick + 2;
  context.strokeStyle = inner === "#fff" ? "rgba(0,0,0,.75)" : "rgba(255,255,255,.9)";
  context.strokeRect(left - 1, top - 1, w + 2, h + 2);
  context.lineWidth = thick;
  context.strokeStyle = inner;
  context.strokeRect(left - 1, top - 1, w + 2, h + 2);
}

// A unit's cell, with hair lines to it where the cell is tiny.
export function markCell(context, rect, height, width, y, x, colour, tile) {
  const [across, down] = [rect.width / width, rect.height / height];
  const [left, top] = [rect.left + x * across, rect.top + y * down];
  if (tile && across < 12) {
    context.fillStyle = colour;
    context.globalAlpha = 0.55;
    context.fillRect(rect.left, top + down / 2 - 0.5, rect.width, 1);
    context.fillRect(left + across / 2 - 0.5, rect.top, 1, rect.height);
    context.globalAlpha = 1;
  }
  outline(context, left, top, across, down, colour);
}

// The rows × columns of units that a pixel reaches; everything else is dimmed.
export function markReached(context, rect, height, width, reached, theme) {
  const [across, down] = [rect.width / width, rect.height / height];
  const boxes = reached.rows.flatMap(([top, bottom]) => reached.columns.map(([left, right]) => [
    rect.left + left * across, rect.top + top * down, (right - left + 1) * across, (bottom - top + 1) * down]));
  context.fillStyle = theme.dim;
  context.beginPath();
  context.rect(rect.left, rect.top, rect.width, rect.height);
  for (const box of boxes) context.rect(...box);
  context.fill("evenodd");
  for (const box of boxes) outline(context, ...box, theme.accent, 1.5);
}

// A box on an image of `height` by `width` pixels drawn in `rect`: outside dimmed, the part in the padding hatched.
export function markBox(context, rect, height, width, box, theme) {
  const [across, down] = [rect.width / width, rect.height / height];
  const [left, top] = [rect.left + box.left * across, rect.top + box.top * down];
  const [wide, high] = [(box.right - box.left + 1) * across, (box.bottom - box.top + 1) * down];
  context.save();
  context.beginPath();
  context.rect(rect.left, rect.top, rect.width, rect.height);
  context.clip();
  context.beginPath();
  context.rect(rect.left, rect.top, rect.width, rect.height);
  context.rect(left, top, wide, high);
  context.fillStyle = theme.dim;
  context.fill("evenodd");
  context.restore();
  context.save();
  context.beginPath();
  context.rect(left, top, wide, high);
  context.clip();
  context.beginPath();
  context.rect(left, top, wide, high);
  context.rect(rect.left, rect.top, rect.width, rect.height);
  context.fillStyle = hatch(context, theme.hatchInk, theme.hatchPaper);
  context.fill("evenodd");
  context.restore();
  outline(context, left, top, wide, high, theme.accent);
}
