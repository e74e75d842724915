// Places for labels of one height along an axis: as near as can be to what they name, none over another.

/** Move `wanted` apart to `gap` at least, all between `low` and `high` as far as there is room; the order is kept.
 * @param {number[]} wanted @param {number} gap @param {number} low @param {number} high @returns {number[]} */
export function spread(wanted, gap, low, high) {
  const order = wanted.map((_, index) => index).sort((one, other) => wanted[one] - wanted[other] || one - other);
  const groups = [];
  for (const index of order) {
    groups.push({ members: [index], middle: wanted[index] });
    while (groups.length > 1 && overlaps(groups.at(-2), groups.at(-1), gap)) {
      const last = groups.pop();
      const members = groups.pop().members.concat(last.members);
      groups.push({ members, middle: members.reduce((sum, one) => sum + wanted[one], 0) / members.length });
    }
  }
  const placed = [...wanted];
  for (const { members, middle } of groups)
    members.forEach((index, place) => (placed[index] = middle + gap * (place - (members.length - 1) / 2)));
  let limit = high;
  for (const index of [...order].reverse()) limit = (placed[index] = Math.min(placed[index], limit)) - gap;
  limit = low;
  for (const index of order) limit = (placed[index] = Math.max(placed[index], limit)) + gap;
  return placed;
}

function overlaps(above, below, gap) {
  return below.middle - above.middle < (gap * (above.members.length + below.members.length)) / 2;
}
