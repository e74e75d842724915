// Receptive fields both ways: the pixels that a unit sees, and the units that a pixel reaches.
export function span(field, axis, unit) {
  if (field.spans) return field.spans[axis][unit];
  const first = field.start[axis] + unit * field.stride[axis];
  return [first, first + field.size[axis] - 1];
}

// The unclipped box, both ends inside; null where the field is no window.
export function boxOf(field, y, x) {
  if (!field || field.extent !== "window") return null;
  const [top, bottom] = span(field, 0, y);
  const [left, right] = span(field, 1, x);
  return { top, left, bottom, right };
}

// Units first…last of an axis whose span holds the pixel, as runs.
function runs(field, axis, units, pixel) {
  const found = [];
  for (let unit = 0; unit < units; unit += 1) {
    const [first, last] = span(field, axis, unit);
    if (pixel < first || pixel > last) continue;
    const run = found[found.length - 1];
    if (run && run[1] === unit - 1) run[1] = unit;
    else found.push([unit, unit]);
  }
  return found;
}

// The rows and columns of units that see pixel (y, x); every one of them for a field without a window.
export function unitsReached(field, height, width, y, x) {
  if (!field || field.extent === "unknown") return null;
  if (field.extent === "global") return { rows: [[0, height - 1]], columns: [[0, width - 1]], all: true };
  return { rows: runs(field, 0, height, y), columns: runs(field, 1, width, x), all: false };
}

export function countIn(reached) {
  const total = (list) => list.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return total(reached.rows) * total(reached.columns);
}

// The pixels by which the boxes of a layer reach beyond an image, per side.
export function overhang(field, height, width, imageHeight, imageWidth) {
  if (!field || field.extent !== "window") return { top: 0, left: 0, bottom: 0, right: 0 };
  const first = boxOf(field, 0, 0);
  const last = boxOf(field, height - 1, width - 1);
  return {
    top: Math.max(0, -first.top), left: Math.max(0, -first.left),
    bottom: Math.max(0, last.bottom - imageHeight + 1), right: Math.max(0, last.right - imageWidth + 1),
  };
}
