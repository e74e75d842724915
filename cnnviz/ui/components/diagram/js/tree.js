// The tree of blocks and layers, and for each block the edges between its children.
// A child is known by its place in `children`; -1 is what enters the block, children.length what leaves it.

export function growTree(data) {
  const root = { id: "", type: "block", label: "", parent: null, children: [], depth: 0 };
  const blocks = data.blocks.map((block, index) => ({
    id: "block:" + block.path, index, type: "block", label: block.label, path: block.path, times: block.times,
    shape: block.shape, params: block.params, macs: block.macs, bytes: block.bytes, layers: block.layers,
    field: block.field, kind: block.kind, children: [],
  }));
  const rows = data.rows.map((row) => ({ id: row.name, type: "row", children: [], ...row }));
  for (const item of [...blocks, ...rows]) {
    const own = item.type === "row" ? data.rows[rows.indexOf(item)].block : data.blocks[item.index].parent;
    item.parent = own < 0 ? root : blocks[own];
  }
  rows.forEach((row, index) => { row.first = index; lead(row, index); });
  for (const item of [...blocks, ...rows]) item.parent.children.push(item);
  for (const item of [root, ...blocks]) item.children.sort((a, b) => a.first - b.first);
  number(root, 0);
  for (const item of [root, ...blocks]) item.edges = new Map();
  connect(rows, root);
  return { root, rows, blocks, byId: new Map([...blocks, ...rows].map((item) => [item.id, item])) };
}

// Every block around a row starts no later than the row does.
function lead(row, index) {
  for (let around = row.parent; around && around.first === undefined; around = around.parent) around.first = index;
}

function number(item, depth) {
  item.depth = depth;
  item.children.forEach((child, place) => { child.place = place; number(child, depth + 1); });
}

function connect(rows, root) {
  const read = new Set();
  for (const row of rows) for (const source of row.inputs) read.add(source);
  rows.forEach((row, index) => {
    for (const source of row.inputs) join(source < 0 ? null : rows[source], row, root);
    if (!read.has(index)) leave(row, null);
  });
}

function join(from, to, root) {
  let common = root;
  if (from) {
    const above = new Set();
    for (let item = from; item; item = item.parent) above.add(item);
    for (common = to.parent; !above.has(common);) common = common.parent;
  }
  let target = to;
  for (; target.parent !== common; target = target.parent) edge(target.parent, -1, target.place);
  if (!from) return edge(common, -1, target.place);
  const source = leave(from, common);
  if (source !== target) edge(common, source.place, target.place);
}

// Marks that `row` leaves every block below `common`; gives the child of `common` that holds it.
function leave(row, common) {
  let item = row;
  for (; item.parent && item.parent !== common; item = item.parent) {
    edge(item.parent, item.place, item.parent.children.length);
  }
  return item;
}

function edge(block, from, to) {
  if (from < to) block.edges.set(from + ">" + to, [from, to]);
}

// The items on the screen, in order of execution: folded blocks stand for what they hold.
export function visible(root, isOpen) {
  const found = [];
  const walk = (item) => {
    for (const child of item.children) {
      found.push(child);
      if (child.type === "block" && isOpen(child)) walk(child);
    }
  };
  walk(root);
  return found;
}

// The blocks around the first place where branches meet: what a user should see untouched.
export function firstJoin(tree) {
  const row = tree.rows.find((each) => each.inputs.length > 1);
  const around = new Set();
  for (let item = row && row.parent; item && item.parent; item = item.parent) around.add(item.id);
  return around;
}
