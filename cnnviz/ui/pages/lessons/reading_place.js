// Keyboard focus and a screen reader's voice go along with a lesson: to each new question, and to what came of a response.
const HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
const MOST_FRAMES = 120; // in which what Python has drawn appears
const LOOK = "cnnviz-look";
let last = null; // what was shown before in this tab

export default function ({ data, parentElement }) {
  let live = parentElement.querySelector("[aria-live]");
  if (!live) {
    live = document.createElement("div");
    live.setAttribute("aria-live", "polite");
    live.style.cssText = HIDDEN;
    parentElement.append(live);
  }
  const before = last;
  last = data;
  if (!before || !data.screen || (before.screen === data.screen && before.newest === data.newest)) return;
  live.textContent = data.said;
  const isNew = before.screen !== data.screen;
  if (isNew || data.newest) whenDrawn(isNew ? `${data.screen}.question` : data.newest, (part) => bringTo(part, isNew));
}

/** Calls `then` with the container of a key, once it is there. */
function whenDrawn(key, then, frames = MOST_FRAMES) {
  const part = document.querySelector(`.st-key-${key.replace(/[^\w-]/g, "-")}`);
  if (part?.querySelector("h2, p")) then(part);
  else if (frames) requestAnimationFrame(() => whenDrawn(key, then, frames - 1));
}

/** Focuses the first words of a part of the page, scrolled to only where they are out of sight. */
function bringTo(part, isNew) {
  const target = part.querySelector("h2") ?? part.querySelector("p");
  const look = part.querySelector("p");
  document.getElementById(LOOK)?.removeAttribute("id");
  if (look && look !== target) {
    look.id = LOOK;
    target.setAttribute("aria-describedby", LOOK);
  }
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  const { top, bottom } = target.getBoundingClientRect();
  const main = target.closest("[data-testid=stMain]");
  if (top >= main.getBoundingClientRect().top + 60 && bottom <= innerHeight) return;
  if (isNew) main.scrollTo(0, 0);
  else target.scrollIntoView({ block: "center" });
}
