// Mouse, pen and fingers: hover reads, a click or tap chooses, drag moves, wheel and pinch enlarge.
const DRAG = 5;

export function listenToPointer(app, view) {
  const { stage } = view;
  const fingers = new Map();
  let start = null;
  let spread = 0;

  const at = (event) => {
    const box = stage.getBoundingClientRect();
    const scale = box.width / stage.offsetWidth || 1;
    return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
  };
  const distance = () => {
    const [first, second] = [...fingers.values()];
    return Math.hypot(first[0] - second[0], first[1] - second[1]);
  };
  const large = () => view.level === "map";

  stage.addEventListener("pointerdown", (event) => {
    app.input = event.pointerType === "mouse" ? "mouse" : "touch";
    fingers.set(event.pointerId, at(event));
    start = { point: at(event), last: at(event), moved: fingers.size > 1 };
    if (fingers.size === 2) spread = distance();
    if (large()) stage.setPointerCapture(event.pointerId);
  });

  stage.addEventListener("pointermove", (event) => {
    app.input = event.pointerType === "mouse" ? "mouse" : "touch";
    const point = at(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, point);
    if (fingers.size === 2 && large()) {
      const wide = distance();
      const [first, second] = [...fingers.values()];
      if (spread > 0) app.zoom(view, wide / spread, (first[0] + second[0]) / 2, (first[1] + second[1]) / 2);
      spread = wide;
      start = { ...start, moved: true };
      return;
    }
    if (start && event.buttons && large()) {
      const far = Math.hypot(point[0] - start.point[0], point[1] - start.point[1]) > DRAG;
      if (start.moved || far) {
        app.pan(view, point[0] - start.last[0], point[1] - start.last[1]);
        start = { ...start, last: point, moved: true };
        return;
      }
    }
    if (event.pointerType === "mouse" || event.buttons) app.point(view, point, event.timeStamp);
  });

  const lift = (event) => {
    fingers.delete(event.pointerId);
    spread = 0;
  };
  stage.addEventListener("pointerup", (event) => {
    lift(event);
    const chosen = start && !start.moved;
    const far = start && Math.hypot(at(event)[0] - start.point[0], at(event)[1] - start.point[1]) > 2 * DRAG;
    if (fingers.size === 0) start = null;
    if (chosen && !far) app.choose(view, at(event));
  });
  stage.addEventListener("pointercancel", (event) => {
    lift(event);
    start = null;
  });
  stage.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") app.point(view, null, event.timeStamp);
  });

  stage.addEventListener("wheel", (event) => {
    if (!large()) return;
    const used = app.zoom(view, Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), ...at(event));
    if (used) event.preventDefault();
  }, { passive: false });
}
