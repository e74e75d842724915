// The tile that a key leads to from tile `here`; `tops` is where each begins, so that rows are known. -1 for none.
export function nextTile(here, key, tops) {
  const columns = tops.filter((top) => top === tops[0]).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (key === "Home") return 0;
  if (key === "End") return tops.length - 1;
  const next = step === undefined || here < 0 ? -1 : here + step;
  return next >= 0 && next < tops.length ? next : -1;
}
