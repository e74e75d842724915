// What a component must know of present mode: its room, in its own pixels, and how much larger the screen shows them.
export function presented(place) {
  const style = getComputedStyle(place);
  if (!style.getPropertyValue("--presented").trim()) return null;
  return { height: parseFloat(style.getPropertyValue("--present-height")) - 16, scale: magnified(place) };
}

export function magnified(place) {
  return parseFloat(getComputedStyle(place).getPropertyValue("--magnified")) || 1;
}
