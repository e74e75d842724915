// Places every box and line, in pixels. A piece is a drawing with one way in at (axis, 0) and one way out at (axis, h).
// A run of layers is cut at those that every path passes; what lies between two cuts stands side by side.

const GAP = 18, TAIL = 10, LANE = 18, COLUMN = 18, PAD = 14, HEADER = 30, SPLIT = 8;

export function layoutBlock(block, isOpen, sizeOf) {
  return region(block.children, [...block.edges.values()], (child) => place(child, isOpen, sizeOf));
}

function place(item, isOpen, sizeOf) {
  if (item.type === "block" && isOpen(item)) return frame(item, isOpen, sizeOf);
  const { w, h } = sizeOf(item);
  return { w, h, axis: w / 2, boxes: [{ item, x: 0, y: 0, w, h, open: false }], wires: [] };
}

function frame(block, isOpen, sizeOf) {
  const inner = layoutBlock(block, isOpen, sizeOf);
  const header = sizeOf(block, true).w;
  const spare = Math.max(0, header - inner.w - 2 * PAD) / 2;
  move(inner, PAD + spare, HEADER);
  const w = inner.w + 2 * (PAD + spare), h = HEADER + inner.h + 2;
  return {
    w, h, axis: inner.axis, wires: inner.wires,
    boxes: [{ item: block, x: 0, y: 0, w, h, open: true }, ...inner.boxes],
  };
}

export function move(piece, dx, dy) {
  piece.axis += dx;
  for (const box of piece.boxes) { box.x += dx; box.y += dy; }
  for (const wire of piece.wires) wire.points = wire.points.map(([x, y]) => [x + dx, y + dy]);
  return piece;
}

function region(items, given, placed) {
  const last = items.length;
  const edges = anchored(given, last);
  const jumped = new Int32Array(last + 2);
  for (const [from, to] of edges) if (to - from > 1) { jumped[from + 1] += 1; jumped[to] -= 1; }
  const cuts = [];
  for (let at = 0, over = 0; at < last; at += 1) { over += jumped[at]; if (!over) cuts.push(at); }
  const parts = [];
  let from = -1;
  for (const to of [...cuts, last]) {
    parts.push(between(items, edges, from, to, placed));
    if (to < last) parts.push({ piece: placed(items[to]), node: true });
    from = to;
  }
  return stacked(parts);
}

// A child that reads nothing hangs from the way in, one that nothing reads leads to the way out.
function anchored(edges, last) {
  const reads = new Set(edges.map(([, to]) => to)), feeds = new Set(edges.map(([from]) => from));
  const more = [];
  for (let at = 0; at < last; at += 1) {
    if (!reads.has(at)) more.push([-1, at]);
    if (!feeds.has(at)) more.push([at, last]);
  }
  return [...edges, ...more];
}

function between(items, edges, from, to, placed) {
  const ends = to === items.length;
  const bypass = edges.some(([a, b]) => a === from && b === to);
  if (to - from === 1) return { piece: straight(ends ? TAIL : GAP, bypass && !ends, bypass) };
  const within = edges.filter(([a, b]) => a >= from && b <= to && !(a === from && b === to));
  const groups = components(from + 1, to, within);
  if (groups.length === 1 && !bypass) {
    return { piece: tangle(items.slice(from + 1, to), within.map(([a, b]) => [a - from - 1, b - from - 1]), placed), enters: true };
  }
  const pieces = groups.map((group) => {
    const at = new Map(group.map((place_, index) => [place_, index]));
    at.set(from, -1).set(to, group.length);
    const own = within.filter(([a, b]) => at.has(a) && at.has(b)).map(([a, b]) => [at.get(a), at.get(b)]);
    return region(group.map((place_) => items[place_]), own, placed);
  });
  return { piece: pieces.length === 1 ? pieces[0] : sideBySide(pieces), bypass, enters: true };
}

function components(low, high, edges) {
  const root = Array.from({ length: high - low }, (_, index) => index);
  const find = (index) => { while (root[index] !== index) index = root[index]; return index; };
  for (const [a, b] of edges) {
    if (a < low || b >= high) continue;
    const one = find(a - low), other = find(b - low);
    root[Math.max(one, other)] = Math.min(one, other);
  }
  const groups = new Map();
  for (let at = low; at < high; at += 1) {
    const head = find(at - low);
    if (!groups.has(head)) groups.set(head, []);
    groups.get(head).push(at);
  }
  return [...groups.values()];
}

function straight(h, arrow, drawn) {
  return { w: 0, h, axis: 0, boxes: [], wires: drawn ? [{ points: [[0, 0], [0, h]], arrow }] : [] };
}

function stacked(parts) {
  const axis = Math.max(...parts.map(({ piece }) => piece.axis));
  const whole = { w: 0, h: 0, axis, boxes: [], wires: [] };
  const add = (piece, y) => {
    move(piece, axis - piece.axis, y);
    whole.boxes.push(...piece.boxes);
    whole.wires.push(...piece.wires);
  };
  parts.forEach((part, index) => {
    const { piece } = part, top = whole.h, next = parts[index + 1];
    const right = piece.w - piece.axis;
    let height = piece.h;
    if (part.bypass) {
      move(piece, 0, SPLIT);
      height += SPLIT;
      whole.wires.push({ points: [[axis, top], [axis, top + SPLIT]], arrow: false });
    }
    if (part.enters && next) {
      piece.wires.push({ points: [[piece.axis, height], [piece.axis, height + TAIL]], arrow: true });
      height += TAIL;
    }
    if (part.bypass) {
      const nodeRight = next ? next.piece.w - next.piece.axis : 0;
      const lane = axis + Math.max(right, nodeRight) + LANE;
      const meet = next ? top + height + Math.min(next.piece.h / 2, HEADER / 2) : top + height - TAIL / 2;
      const points = [[axis, top + SPLIT / 2], [lane, top + SPLIT / 2], [lane, meet], [axis + nodeRight, meet]];
      whole.wires.push({ points, arrow: Boolean(next), shortcut: true });
      whole.w = Math.max(whole.w, lane + 4);
    }
    whole.w = Math.max(whole.w, axis + right);
    add(piece, top);
    whole.h = top + height;
  });
  return whole;
}

function sideBySide(pieces) {
  const inner = Math.max(...pieces.map((piece) => piece.h));
  const w = pieces.reduce((sum, piece) => sum + piece.w, 0) + COLUMN * (pieces.length - 1);
  const whole = { w, h: inner + 4 * SPLIT, axis: w / 2, boxes: [], wires: [] };
  let x = 0;
  for (const piece of pieces) {
    const height = piece.h;
    move(piece, x, 2 * SPLIT);
    x += piece.w + COLUMN;
    const bottom = inner + 2 * SPLIT, at = piece.axis;
    whole.wires.push({ points: [[whole.axis, 0], [whole.axis, SPLIT], [at, SPLIT], [at, 2 * SPLIT]], arrow: false });
    whole.wires.push({
      points: [[at, 2 * SPLIT + height], [at, bottom + SPLIT], [whole.axis, bottom + SPLIT], [whole.axis, whole.h]], arrow: false,
    });
    whole.boxes.push(...piece.boxes);
    whole.wires.push(...piece.wires);
  }
  return whole;
}

// Connections that no cut divides, such as a dense block's: one column, and a lane at its right for each layer read again later.
function tangle(items, edges, placed) {
  const pieces = items.map(placed), last = items.length;
  const axis = Math.max(...pieces.map((piece) => piece.axis));
  const right = axis + Math.max(...pieces.map((piece) => piece.w - piece.axis));
  const whole = { w: right, h: 0, axis, boxes: [], wires: [] };
  const tops = [], middles = [];
  pieces.forEach((piece) => {
    whole.h += GAP;
    tops.push(whole.h);
    middles.push(whole.h + Math.min(piece.h, 2 * HEADER) / 2);
    whole.h += piece.h;
    move(piece, axis - piece.axis, tops[tops.length - 1]);
    whole.boxes.push(...piece.boxes);
    whole.wires.push(...piece.wires);
  });
  whole.h += GAP;
  const end = (at) => (at < 0 ? 0 : tops[at] + pieces[at].h);
  const lanes = [];
  for (let from = -1; from < last; from += 1) {
    const reached = edges.filter(([a, b]) => a === from && b > from + 1).map(([, b]) => b).sort((a, b) => a - b);
    if (edges.some(([a, b]) => a === from && b === from + 1)) {
      const bottom = from + 1 === last ? whole.h : tops[from + 1];
      whole.wires.push({ points: [[axis, end(from)], [axis, bottom]], arrow: from + 1 < last });
    }
    if (!reached.length) continue;
    let lane = lanes.findIndex((free) => free <= from);
    if (lane < 0) lane = lanes.push(0) - 1;
    lanes[lane] = reached[reached.length - 1];
    const x = right + 14 + 7 * lane, start = end(from) + SPLIT / 2;
    whole.w = Math.max(whole.w, x + 4);
    for (const to of reached) {
      const meet = to === last ? whole.h - SPLIT : middles[to];
      const edgeX = to === last ? axis : axis + pieces[to].w / 2;
      whole.wires.push({ points: [[axis, start], [x, start], [x, meet], [edgeX, meet]], arrow: to < last, shortcut: true });
    }
  }
  return whole;
}

// An SVG path through the points with rounded corners.
export function rounded(points, radius = 7) {
  let path = "M" + points[0].join(" ");
  for (let at = 1; at < points.length - 1; at += 1) {
    const [x0, y0] = points[at - 1], [x1, y1] = points[at], [x2, y2] = points[at + 1];
    const before = Math.hypot(x1 - x0, y1 - y0), after = Math.hypot(x2 - x1, y2 - y1);
    const r = Math.min(radius, before / 2, after / 2);
    if (!r) { path += `L${x1} ${y1}`; continue; }
    path += `L${x1 + (x0 - x1) * r / before} ${y1 + (y0 - y1) * r / before}`;
    path += `Q${x1} ${y1} ${x1 + (x2 - x1) * r / after} ${y1 + (y2 - y1) * r / after}`;
  }
  return path + "L" + points[points.length - 1].join(" ");
}
