// What a component must know of present mode: its room, in its own pixels, and how much larger the screen shows them.
export const PRESENTED_FONT = 14; // pixels of a number: 28 at the scale of a window of 1280×720

export function presented(place) {
  const style = getComputedStyle(place);
  if (!style.getPropertyValue("--presented").trim()) return null;
  return { height: parseFloat(style.getPropertyValue("--present-height")) - 16, scale: magnified(place) };
}

export function magnified(place) {
  return parseFloat(getComputedStyle(place).getPropertyValue("--magnified")) || 1;
}
