// Small helpers for elements; text only ever goes in as textContent.
export function element(tag, className, parent, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function button(parent, className, text, onClick, label) {
  const made = element("button", className, parent, text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  if (label) made.title = label;
  made.addEventListener("click", onClick);
  return made;
}

function luminance(colour) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = colour || "#fff";
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

// The page's colours and fonts, and what follows from its background being light or dark.
export function themeOf(root) {
  const style = getComputedStyle(root);
  const variable = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const paper = variable("--st-background-color", "#fff");
  const dark = luminance(paper) < 128;
  return {
    dark, paper, text: variable("--st-text-color", dark ? "#eee" : "#222"),
    muted: dark ? "rgba(235,238,245,.72)" : "rgba(40,45,55,.72)", line: dark ? "rgba(255,255,255,.28)" : "rgba(0,0,0,.22)",
    track: dark ? "rgba(255,255,255,.06)" : "rgba(0,0,0,.045)", dim: dark ? "rgba(8,10,14,.45)" : "rgba(255,255,255,.45)",
    accent: dark ? "#ffd166" : "#b3005e", pin: dark ? "#fff" : "#111",
    hatchInk: dark ? "rgba(255,255,255,.6)" : "rgba(0,0,0,.5)", hatchPaper: dark ? "#262a33" : "#f3f4f6",
    font: variable("--st-font", "sans-serif"), code: variable("--st-code-font", "monospace"),
  };
}
