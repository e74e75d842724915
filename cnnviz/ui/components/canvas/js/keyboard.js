// Keys while a stage has the focus. What is handled here does not reach the page, where arrows step through layers.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export function listenToKeys(app, view) {
  view.stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    app.input = "keys";
    if (!handle(app, view, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  view.section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !app.back(view)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  view.stage.addEventListener("focus", () => {
    if (view.stage.matches(":focus-visible")) app.focused(view);
  });
}

function handle(app, view, key) {
  if (key in STEPS) return app.step(view, ...STEPS[key]);
  if (key === "Enter" || key === " ") return app.enter(view);
  if (key === "Escape") return app.back(view);
  if (key === "PageUp" || key === "PageDown") return app.turn(view, key === "PageUp" ? -1 : 1);
  if (key === "Home" || key === "End") return app.jump(view, key === "End");
  if (key === "+" || key === "=") return app.enlarge(view, 1.5);
  if (key === "-") return app.enlarge(view, 1 / 1.5);
  if (key === "0") return app.enlarge(view, 0);
  return false;
}

// The next unit from the cursor: cell by cell in a large map, map by map in the grid, bar by bar in a vector.
export function nextUnit(view, unit, down, right) {
  if (view.level === "map") {
    const [y, x] = [unit.y + down, unit.x + right];
    return y < 0 || x < 0 || y >= view.height || x >= view.width ? unit : { ...unit, y, x };
  }
  const { grid } = view;
  const step = grid.bars ? down + right * grid.rows : right + down * grid.columns;
  const slot = view.slotOf(unit.channel) + step;
  return slot < 0 || slot >= view.tiles ? unit : { ...unit, channel: view.channelOf(slot) };
}
