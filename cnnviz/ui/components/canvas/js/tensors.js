// The page's store of tensors: carriers put them in, canvases wait for them.
const store = (globalThis[Symbol.for("cnnviz-tensors")] ??= { arrays: new Map(), waiting: new Set() });

export function floats(digest) {
  const entry = store.arrays.get(digest);
  return entry ? new Float32Array(entry.buffer) : null;
}

export function bytes(digest) {
  const entry = store.arrays.get(digest);
  return entry ? new Uint8Array(entry.buffer) : null;
}

export function onTensor(listener) {
  store.waiting.add(listener);
  return () => store.waiting.delete(listener);
}

// Every digest that a header names.
export function digestsOf(header) {
  return header.panels.flatMap((spec) => (spec.heat ? [spec.tensor, spec.heat.tensor] : [spec.tensor]));
}

export function allHere(header) {
  return digestsOf(header).every((digest) => store.arrays.has(digest));
}
