// Sets of small pictures by digest: the newest few, since a step back asks for the set before.
const MOST = 8;
const sets = new Map();
const waiting = new Set();

export function keep(digest, make) {
  if (sets.has(digest)) return;
  sets.set(digest, make());
  if (sets.size > MOST) sets.delete(sets.keys().next().value);
  for (const listener of [...waiting]) listener();
}

export function find(digest) {
  return sets.get(digest) ?? null;
}

export function onArrival(listener) {
  waiting.add(listener);
  return () => waiting.delete(listener);
}
