// Terms that are one number each, the numbers of a formula, and the addition.
import { element } from "../../shared/dom.js";
import { fill } from "../../shared/numbers.js";
import { cellName, fixed, whole } from "./written.js";

function scroller(parent, label) {
  const box = element("div", "scroller", parent);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  // arrows scroll here and step through no layers
  box.addEventListener("keydown", (event) => event.target === box && event.key.startsWith("Arrow") && event.stopPropagation());
  return box;
}

function goTo(parent, scope, cell) {
  if (!cell) return;
  const name = cellName(scope.words, cell);
  if (!scope.moves) return element("span", "origin", parent, name);
  const made = element("button", "go", parent, name);
  made.type = "button";
  made.title = scope.words.follow;
  made.addEventListener("click", () => scope.follow(cell));
}

function line(body, kind, cells) {
  const row = element("tr", kind, body);
  return cells.map((text, place) => element(place ? "td" : "th", place ? "number" : "", row, text));
}

function table(parent, title, heads) {
  const box = scroller(parent, title);
  const made = element("table", "", box);
  element("caption", "", made, title);
  if (heads) {
    const row = element("tr", "", element("thead", "", made));
    for (const head of heads) element("th", "", row, head).scope = "col";
  }
  return element("tbody", "", made);
}

// value × weight = share, one line a term, with a bar of its size.
export function drawTerms(scope, parent, terms, decimals) {
  const { words } = scope;
  const body = table(parent, words["terms.title"], ["terms.label", "terms.operand", "terms.weight", "terms.value"].map((key) => words[key]));
  const largest = Math.max(...terms.map((term) => Math.abs(term.value ?? 0))) || 1;
  for (const term of terms) {
    const weighted = term.weight !== null && term.weight !== undefined;
    const [head, , , value] = line(body, "", [term.label, whole(term.operand ?? term.value), weighted ? `\u00d7 ${whole(term.weight)}` : "", `= ${fixed(term.value, decimals)}`]);
    head.scope = "row";
    goTo(head, scope, term.cell);
    value.classList.add("bar", term.value < 0 ? "below" : "above");
    value.style.setProperty("--share", Math.abs(term.value ?? 0) / largest);
  }
}

export function drawFacts(scope, parent, facts) {
  const body = table(parent, scope.words["facts.title"]);
  for (const fact of facts) {
    const [head, , label] = line(body, "", [fact.symbol, whole(fact.value), ""]);
    head.scope = "row";
    head.className = "symbol";
    label.className = "fact-label";
    element("span", "", label, fact.label);
    goTo(label, scope, fact.cell);
  }
}

// Everything that is added, one below the other with the same decimals, and the total.
export function drawSum(scope, parent, found, decimals) {
  const { words } = scope;
  const parts = found.terms.map((term) => [term.label, term.value]);
  if (found.rest) parts.push([found.rest.label, found.rest.value]);
  if (found.bias !== null) parts.push([words["sum.bias"], found.bias]);
  if (parts.length > 1) {
    const body = table(parent, words["sum.title"]);
    for (const [label, value] of parts) line(body, "", [label, fixed(value, decimals)])[0].scope = "row";
    line(body, "total", [words["sum.total"], scope.covered ? "?" : fixed(found.total, decimals)])[0].scope = "row";
  }
  if (scope.covered) {
    const made = element("button", "reveal", parent, scope.covered);
    made.type = "button";
    made.addEventListener("click", scope.reveal);
    return;
  }
  const values = { total: fixed(found.total, decimals), value: whole(found.value), count: parts.length };
  element("p", "sum-line", parent, fill(words[parts.length > 1 ? "sum.line" : "sum.alone"], values));
}
