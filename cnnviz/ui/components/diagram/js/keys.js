// A tree's keyboard: arrows walk and open, Space folds, Enter chooses. Keys that do something here do not reach the page.

export function onKey(event, view) {
  const list = view.shown, at = list.findIndex((item) => item.id === view.focus), item = list[at];
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
  const block = item.type === "block", open = block && view.isOpen(item);
  const go = (next) => { if (next && next.id) view.setFocus(next.id); };
  const actions = {
    ArrowDown: () => go(list[at + 1]),
    ArrowUp: () => go(list[at - 1]),
    ArrowRight: () => (block && !open ? view.toggle(item) : go(open ? list[at + 1] : beside(item, list, 1))),
    ArrowLeft: () => (open ? view.toggle(item) : go(beside(item, list, -1) || item.parent)),
    Home: () => go(list[0]),
    End: () => go(list[list.length - 1]),
    Enter: () => (block ? view.toggle(item) : view.select(item)),
    " ": () => (block ? view.toggle(item) : item.parent.id && view.toggle(item.parent)),
    "+": () => view.zoomBy(1.2),
    "-": () => view.zoomBy(1 / 1.2),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  actions[event.key]();
}

// The neighbour in a parallel branch: the nearest box of the same block at the same height.
function beside(item, list, direction) {
  if (!item.box) return null;
  const middle = (box) => box.x + box.w / 2;
  const near = list.filter((other) => other !== item && other.parent === item.parent && other.box
    && other.box.y < item.box.y + item.box.h && item.box.y < other.box.y + other.box.h
    && (middle(other.box) - middle(item.box)) * direction > 0);
  return near.sort((a, b) => Math.abs(middle(a.box) - middle(item.box)) - Math.abs(middle(b.box) - middle(item.box)))[0] || null;
}
