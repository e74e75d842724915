// Places maps and bars: maps in a grid with pages, a long vector in columns of bars.
const GAP = 6;
export const GUTTER = 30;

// The largest tiles with which everything fits into the height, else the smallest and pages.
export function gridOf(count, height, width, room, maxHeight) {
  const smallest = room < 480 ? 46 : 52;
  const largest = Math.min(room - GUTTER, count === 1 ? 420 : 190);
  const aspect = height / width;
  let found = null;
  for (let size = Math.max(largest, smallest); size >= smallest; size -= 2) {
    found = arrange(count, Math.max(8, size), aspect, room, width);
    if (found.rows * (found.tileHeight + GAP) - GAP <= maxHeight) return { ...found, perPage: count, pages: 1 };
  }
  const rows = Math.max(1, Math.floor((maxHeight + GAP) / (found.tileHeight + GAP)));
  const perPage = Math.min(count, rows * found.columns);
  return { ...found, rows: Math.ceil(perPage / found.columns), perPage, pages: Math.ceil(count / perPage) };
}

function arrange(count, size, aspect, room, cells) {
  let columns = Math.max(1, Math.min(count, Math.floor((room - GUTTER + GAP) / (size + GAP))));
  const fitting = Math.floor((room - GUTTER + GAP) / columns) - GAP;
  let tileWidth = Math.min(fitting, size + 12);
  if (tileWidth >= cells) tileWidth = Math.floor(tileWidth / cells) * cells;
  columns = Math.min(count, Math.floor((room - GUTTER + GAP) / (tileWidth + GAP)));
  return { columns, rows: Math.ceil(count / columns), tileWidth, tileHeight: Math.max(6, Math.round(tileWidth * aspect)) };
}

export function tileRect(grid, index) {
  return {
    left: GUTTER + (index % grid.columns) * (grid.tileWidth + GAP),
    top: Math.floor(index / grid.columns) * (grid.tileHeight + GAP),
    width: grid.tileWidth, height: grid.tileHeight,
  };
}

// The tile at a point of the stage, -1 between tiles.
export function tileAt(grid, shown, x, y) {
  const column = Math.floor((x - GUTTER) / (grid.tileWidth + GAP));
  const row = Math.floor(y / (grid.tileHeight + GAP));
  if (column < 0 || column >= grid.columns || row < 0) return -1;
  const index = row * grid.columns + column;
  const rect = tileRect(grid, index);
  const inside = x < rect.left + rect.width && y < rect.top + rect.height;
  return inside && index < shown ? index : -1;
}

export function gridHeight(grid, shown) {
  const rows = Math.ceil(shown / grid.columns);
  return rows * (grid.tileHeight + GAP) - GAP;
}

const BAR_ROW = 24;

// Bars read downwards, then in the next column.
export function barsOf(count, room, maxHeight, labelled) {
  const narrowest = labelled ? 240 : 190;
  const columns = Math.max(1, Math.min(Math.ceil(count / 20), Math.floor((room + 16) / (narrowest + 16))));
  const rows = Math.min(Math.ceil(count / columns), Math.max(1, Math.floor(maxHeight / BAR_ROW)));
  const perPage = Math.min(count, rows * columns);
  return { bars: true, columns, rows, perPage, pages: Math.ceil(count / perPage),
    tileWidth: Math.floor((room - 16 * (columns - 1)) / columns), tileHeight: BAR_ROW };
}

export function barRect(bars, index) {
  return { left: Math.floor(index / bars.rows) * (bars.tileWidth + 16), top: (index % bars.rows) * BAR_ROW,
    width: bars.tileWidth, height: BAR_ROW };
}

export function barAt(bars, shown, x, y) {
  const column = Math.floor(x / (bars.tileWidth + 16));
  const row = Math.floor(y / BAR_ROW);
  const index = column * bars.rows + row;
  return column >= 0 && column < bars.columns && row >= 0 && row < bars.rows && index < shown ? index : -1;
}
