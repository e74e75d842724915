// Rooms elsewhere on the page for the smaller panels: a component that draws nothing lends its element to the overlays.
const rooms = new Map();
const waiting = new Map();

function change(name, element) {
  if (element) rooms.set(name, element);
  else rooms.delete(name);
  waiting.get(name)?.();
}

export const roomOf = (name) => rooms.get(name);

export function lend(name, element) {
  if (rooms.get(name) !== element) change(name, element);
}

export function takeBack(name, element) {
  if (rooms.get(name) === element) change(name, null);
}

// Call `told` whenever the room of that name comes or goes.
export function watchRoom(name, told) {
  waiting.set(name, told);
}

export function leaveRoom(name, told) {
  if (waiting.get(name) === told) waiting.delete(name);
}
