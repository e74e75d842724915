// Streamlit adds an entry to the browser's history whenever a page writes into its address. Only what follows from
// the reader's own press or key is a step to come back to; what a page writes by itself, when it opens or while a walk
// plays, takes the place of the entry that stands.
const DONE = Symbol.for("cnnviz.history");

export default function () {
  if (window[DONE]) return;
  window[DONE] = true;
  let acted = false;
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(kind, () => { acted = true; }, { capture: true, passive: true });
  }
  window.addEventListener("popstate", () => { acted = false; });
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, url) => {
    const elsewhere = new URL(url ?? "", location.href).pathname !== location.pathname;
    if (elsewhere || acted) push(state, unused, url);
    else history.replaceState(state, unused, url);
    acted = false;
  };
}
