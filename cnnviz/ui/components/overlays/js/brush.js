// Painting on the image: which pixels a stroke covers, and what is sent once it ends.
export const SIZES = [1, 3, 5, 9];
const LONGEST = 600;

// The pixels between two places, both among them, at most one step apart.
export function between(from, to) {
  const steps = Math.max(Math.abs(to.y - from.y), Math.abs(to.x - from.x));
  return Array.from({ length: steps }, (_, index) => {
    const part = (index + 1) / steps;
    return { y: Math.round(from.y + part * (to.y - from.y)), x: Math.round(from.x + part * (to.x - from.x)) };
  });
}

// The square of a brush around a pixel, as far as it lies on the image: top, left, bottom, right, both ends inside.
export function square({ y, x }, size, height, width) {
  const half = (size - 1) / 2;
  return { top: Math.max(0, y - half), left: Math.max(0, x - half), bottom: Math.min(height - 1, y + half), right: Math.min(width - 1, x + half) };
}

export class Stroke {
  /** @type {string} */ tool;
  /** @type {number} */ size;
  /** @type {Place[]} */ path;

  constructor(tool, size) {
    Object.assign(this, { tool, size, path: [] });
  }

  // Go on to a pixel; false where nothing was added.
  to(place) {
    const last = this.path.at(-1);
    const added = last ? between(last, place) : [place];
    if (this.path.length + added.length > LONGEST) return false;
    this.path.push(...added);
    return added.length > 0;
  }

  message() {
    return { tool: this.tool, size: this.size, path: this.path.map(({ y, x }) => [y, x]) };
  }
}
