// One tensor of a canvas, put into the page's store under the hash of its content for as long as it is mounted.
const held = new WeakMap();

function release(store, digest) {
  const entry = store.arrays.get(digest);
  if (entry && --entry.holders === 0) store.arrays.delete(digest);
}

export default function ({ data, parentElement }) {
  const store = (globalThis[Symbol.for("cnnviz-tensors")] ??= { arrays: new Map(), waiting: new Set() });
  const digest = new TextDecoder().decode(data.subarray(0, 32));
  const before = held.get(parentElement);
  if (before !== digest) {
    const entry = store.arrays.get(digest) ?? { holders: 0, buffer: data.slice(32).buffer };
    entry.holders += 1;
    store.arrays.set(digest, entry);
    held.set(parentElement, digest);
    if (before) release(store, before);
    for (const listener of [...store.waiting]) listener();
  }
  return () => {
    if (held.has(parentElement)) release(store, held.get(parentElement));
    held.delete(parentElement);
  };
}
