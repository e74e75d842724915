// Maps made comparable: the number that a colour stands for, and how far the colours of several maps reach.

// The factor that makes a map's values comparable. A share is in per cent of the map's own total magnitude, for one pixel of the image:
// a cell that covers 100 pixels holds 100 times the share of each.
export function factorOf(map, range) {
  if (range !== "share") return 1;
  return map.total > 0 ? (100 * map.cells) / (map.total * map.pixels) : 0;
}

// Sum of the finite magnitudes of a map, and how many values are no finite numbers.
export function totalOf(values) {
  let [total, odd] = [0, 0];
  for (const value of values) {
    if (Number.isFinite(value)) total += Math.abs(value);
    else odd += 1;
  }
  return { total, odd };
}

// The smallest magnitude that at least `percent` of all pixels of `maps` do not exceed, the largest one where that is 0,
// and how many per cent of the pixels exceed it. A cell counts as often as it covers pixels.
export function reachOf(maps, factors, percent) {
  let [largest, all] = [0, 0];
  maps.forEach((map, index) => {
    const weight = map.pixels / map.cells;
    for (const value of map.values) {
      if (!Number.isFinite(value)) continue;
      all += weight;
      largest = Math.max(largest, Math.abs(value * factors[index]));
    }
  });
  if (percent >= 100 || largest === 0) return { limit: largest, beyond: 0, largest };
  const within = (limit) => {
    let [count, next] = [0, Infinity];
    maps.forEach((map, index) => {
      const weight = map.pixels / map.cells;
      for (const value of map.values) {
        const size = Math.abs(value * factors[index]);
        if (size <= limit) count += weight;
        else if (size < next) next = size;
      }
    });
    return { count, next };
  };
  const wanted = (all * percent) / 100 - 1e-6;
  let [low, high] = [-1e-30, largest];
  // halve until no value lies between: then the value after `low` is the one that is looked for
  for (let i = 0; i < 60 && within(low).next < high; i += 1) {
    const middle = (low + high) / 2;
    if (within(middle).count >= wanted) high = middle;
    else low = middle;
  }
  const limit = Math.min(within(low).next, largest) || largest;
  return { limit, beyond: (100 * (all - within(limit).count)) / all, largest };
}

// The values as they are drawn: scaled, and without their sign where only the strength counts.
export function drawnValues(values, factor, absolute) {
  return Float32Array.from(values, (value) => (absolute ? Math.abs(value * factor) : value * factor));
}

// A map of `height` by `width` values read between their centres, linearly; outside the outermost centres, constant.
export function smoothed(values, height, width, tall, wide) {
  const found = new Float32Array(tall * wide);
  const place = (index, out, size) => Math.min(Math.max(((index + 0.5) * size) / out - 0.5, 0), size - 1);
  for (let y = 0, i = 0; y < tall; y += 1) {
    const down = place(y, tall, height);
    const [top, bottom] = [Math.floor(down) * width, Math.ceil(down) * width];
    const lower = down - Math.floor(down);
    for (let x = 0; x < wide; x += 1, i += 1) {
      const across = place(x, wide, width);
      const [left, right] = [Math.floor(across), Math.ceil(across)];
      const part = across - left;
      const above = values[top + left] * (1 - part) + values[top + right] * part;
      const below = values[bottom + left] * (1 - part) + values[bottom + right] * part;
      found[i] = above * (1 - lower) + below * lower;
    }
  }
  return found;
}
