// The path that the user followed: each value on it is a way back.
import { element } from "../../shared/dom.js";
import { cellName } from "./written.js";

const KEPT = 4; // steps that stay in sight; the others are told by a dot

export function drawTrail(scope, parent, trail, here) {
  if (!trail.length) return;
  const { words } = scope;
  const nav = element("nav", "trail", parent);
  nav.setAttribute("aria-label", words["trail.title"]);
  const back = element("button", "back", nav, `\u2190 ${words["trail.back"]}`);
  back.type = "button";
  back.addEventListener("click", () => scope.back(trail.length - 1));
  const list = element("ol", "", nav);
  trail.forEach((cell, step) => {
    if (step > 0 && step < trail.length - KEPT) return;
    const item = element("li", "", list);
    const made = element("button", "crumb", item, cellName(words, cell));
    made.type = "button";
    made.addEventListener("click", () => scope.back(step));
    if (step === 0 && trail.length > KEPT + 1) element("li", "", list, "\u2026");
  });
  const last = element("li", "here", list, cellName(words, here));
  last.setAttribute("aria-current", "step");
}
