// The recorded step that the player of the curves shows, told to whatever draws the same step elsewhere on the page.
const followers = new Set();
let last;

/** @param {number} place */
export function tell(place) {
  last = place;
  for (const told of followers) told(place);
}

/** Call `told` with the step that is shown, now and whenever it changes; returns what ends this.
 * @param {(place: number) => void} told */
export function follow(told) {
  followers.add(told);
  if (last !== undefined) told(last);
  return () => followers.delete(told);
}
