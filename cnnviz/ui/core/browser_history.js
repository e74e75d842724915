// The one owner of the host's `history`: Streamlit adds an entry to it whenever a page writes into its address, and
// writes only what its script knows. Only what follows from the user's own press or key is a step to come back to; what
// a page writes by itself, when it opens or while a walk plays, takes the place of the entry that stands. And whatever
// is written, parameters that a component keeps in the address of this page are added to it on the way.
const PLACE = Symbol.for("cnnviz.history"); // of the page, so that modules of two releases in one tab share the patch

function state() {
  if (window[PLACE]) return window[PLACE];
  // a press may come before this: while the script of a page that has just been opened is on its way
  const found = { acted: globalThis.navigator?.userActivation?.isActive ?? false, kept: new Map() };
  window[PLACE] = found;
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(kind, () => { found.acted = true; }, { capture: true, passive: true });
  }
  window.addEventListener("popstate", () => { found.acted = false; });
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  history.pushState = (data, unused, url) => {
    const elsewhere = new URL(url ?? "", location.href).pathname !== location.pathname;
    const write = elsewhere || found.acted ? push : replace;
    write(data, unused, completed(url, found.kept));
    found.acted = false;
  };
  history.replaceState = (data, unused, url) => replace(data, unused, completed(url, found.kept));
  return found;
}

function completed(url, kept) {
  const target = new URL(url ?? location.href, location.href);
  if (target.pathname !== location.pathname) return url;
  const other = [...kept].filter(([name, text]) => (target.searchParams.get(name) ?? "") !== text);
  for (const [name, text] of other) {
    if (text) target.searchParams.set(name, text);
    else target.searchParams.delete(name);
  }
  return other.length ? target.href : url;
}

// From now on the address of this page says `name=text`, or nothing of it where the text is empty.
export function keepParameter(name, text) {
  const { kept } = state();
  if (kept.get(name) === text) return;
  kept.set(name, text);
  history.replaceState(history.state, "", location.href);
}

// The address is the script's alone again; what it says of `name` stays.
export function releaseParameter(name) {
  state().kept.delete(name);
}

export default function () {
  state();
}
