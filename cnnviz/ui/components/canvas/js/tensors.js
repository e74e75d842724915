// The page's store of tensors by the hash of their content: each comes in an element of its own, canvases wait for them.
const arrays = new Map(); // digest -> { buffer, holders }: kept while an element that brought it is on the page
const listeners = new Set();

export function hold(digest, content) {
  const entry = arrays.get(digest) ?? { holders: 0, buffer: content().buffer };
  entry.holders += 1;
  arrays.set(digest, entry);
}

export function release(digest) {
  const entry = arrays.get(digest);
  entry.holders -= 1;
  if (!entry.holders) arrays.delete(digest);
}

export function notifyListeners() {
  for (const listener of [...listeners]) listener();
}

export function onTensor(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The number of tensors that are here, and of canvases that are told of more.
export function counts() {
  return [arrays.size, listeners.size];
}

export function floats(digest) {
  const entry = arrays.get(digest);
  return entry ? new Float32Array(entry.buffer) : null;
}

export function bytes(digest) {
  const entry = arrays.get(digest);
  return entry ? new Uint8Array(entry.buffer) : null;
}

// Every digest that a header names.
export function digestsOf(header) {
  return header.panels.flatMap((spec) => (spec.heat ? [spec.tensor, spec.heat.tensor] : [spec.tensor]));
}

export function allHere(header) {
  return digestsOf(header).every((digest) => arrays.has(digest));
}
