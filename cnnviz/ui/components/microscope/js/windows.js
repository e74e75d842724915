// Windows as grids of numbers: window times kernel gives products, one row of grids per channel.
import { ColourScale } from "../../shared/colour.js";
import { element, setText } from "../../shared/dom.js";
import { Legend } from "../../shared/legend.js";
import { fill } from "../../shared/numbers.js";
import { cellName, fixed, inCell, inkOn, whole } from "./written.js";

const ROLES = ["values", "weights", "products"];
const SIGNS = { weights: "\u00d7", products: "=" };
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function scalesOf(terms, dark) {
  return Object.fromEntries(ROLES.map((role) => {
    const all = terms.flatMap((term) => term.window[role] ?? []).flat().filter(Number.isFinite);
    const low = Math.min(0, ...all);
    return [role, all.length ? new ColourScale(low, Math.max(0, ...all), low < 0 || role !== "values", dark) : null];
  }));
}

// The side of a cell, so that as many grids of a channel stand side by side as can be read; in present mode numbers are
// larger and nothing stands around the grids.
export function sideOf(width, columns, grids, rem, presented) {
  const [edge, sign, most] = presented ? [8, 22, 64] : [40, 34, 46];
  for (let beside = grids; beside > 1; beside -= 1) {
    const side = Math.floor((width - edge - sign * (beside - 1)) / beside / columns - 1);
    if (side >= (presented ? 35 : beside === 3 ? 30 : 26) * rem) return Math.min(side, most * rem);
  }
  return Math.min(Math.max(Math.floor((width - sign) / columns - 1), 24), (presented ? most : 40) * rem);
}

// Pixels of a character in a cell.
const LETTER = 5.6, PRESENTED_LETTER = 7.2;

export class Windows {
  constructor(scope, parent) {
    this.scope = scope;
    this.box = element("div", "windows", parent);
  }

  draw(terms, decimals) {
    const { words, theme, rem, width } = this.scope;
    const scales = scalesOf(terms, theme.dark);
    this.readout = element("p", "cell-readout", this.box, words["window.hint"]);
    const cards = element("div", "cards", this.box);
    for (const term of terms) this.card(cards, term, scales, decimals, rem, width);
    const legends = element("div", "legends", this.box);
    for (const role of ROLES) if (scales[role]) new Legend(legends).draw(scales[role], words[`legend.${role}`], "");
  }

  card(parent, term, scales, decimals, rem, width) {
    const { words } = this.scope;
    const card = element("div", "card", parent);
    const head = element("div", "card-head", card);
    element("span", "card-label", head, term.label);
    element("span", "card-sum", head, `${words["window.partial"]} ${this.scope.coveredParts ? "?" : fixed(term.value, decimals)}`);
    const grids = element("div", "grids", card);
    grids.tabIndex = -1;
    const roles = ROLES.filter((role) => term.window[role]);
    const side = sideOf(width, term.window.values[0].length, roles.length, rem, this.scope.presented);
    const made = {};
    for (const role of roles) {
      const shares = role === "products" && !term.window.weights;
      if (role in SIGNS) element("span", "sign", grids, shares ? "\u2192" : SIGNS[role]).setAttribute("aria-hidden", "true");
      const part = element("div", "part", grids);
      element("span", "part-title", part, words[role === "values" ? "window.title" : role === "weights" ? "window.kernel" : shares ? "window.shares" : "window.products"]);
      made[role] = this.grid(part, term, role, scales[role], side, rem);
    }
    this.link(term, made);
  }

  grid(parent, term, role, scale, side, rem) {
    const { words, moves } = this.scope;
    const { window: seen } = term;
    const box = element("div", `grid grid-${role}`, parent);
    box.style.setProperty("--columns", seen.values[0].length);
    box.style.setProperty("--side", `${side}px`);
    const interactive = role === "values";
    if (interactive) {
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${words["window.title"]}, ${term.label}`);
    } else box.setAttribute("aria-hidden", "true");
    const [digits, room] = [side >= 44 * rem ? 3 : 2, Math.floor(side / ((this.scope.presented ? PRESENTED_LETTER : LETTER) * rem))];
    return seen[role].map((line, y) => line.map((value, x) => {
      const goes = interactive && moves && seen.cells[y][x];
      const cell = element(goes ? "button" : "span", "cell", box, inCell(value, digits, room));
      if (goes) cell.type = "button";
      if (value !== null) {
        cell.style.backgroundColor = scale.css(value);
        cell.style.color = inkOn(scale, value);
      }
      if (seen.padded[y][x] && role !== "weights") cell.classList.add("padding");
      if (seen.winner && seen.winner[0] === y && seen.winner[1] === x) cell.classList.add("winner");
      if (interactive) cell.setAttribute("aria-label", this.describe(term, y, x));
      return cell;
    }));
  }

  // "0.4 × −0.1 = −0.04, from conv1, …".
  describe(term, y, x) {
    const { words, moves } = this.scope;
    const { values, weights, products, cells, padded, winner, row } = term.window;
    const weight = weights ? ` \u00d7 ${whole(weights[y][x])}` : "";
    const product = products ? ` ${weights ? "=" : "\u2192"} ${whole(products[y][x])}` : "";
    const said = [fill(words["window.cell"], { y, x }), `${whole(values[y][x])}${weight}${product}`];
    if (padded[y][x]) said.push(words["window.padding"]);
    if (winner && winner[0] === y && winner[1] === x) said.push(words["window.winner"]);
    const index = cells[y][x];
    if (index) said.push(cellName(words, { row, index }));
    if (index && moves) said.push(words.follow);
    return said.join(" \u00b7 ");
  }

  // Pointing at a place marks it in every grid; a click or Enter follows it; arrows move and stay inside.
  link(term, made) {
    const places = made.values;
    const mark = (y, x, on) => Object.values(made).forEach((grid) => grid[y][x].classList.toggle("marked", on));
    places.forEach((line, y) => line.forEach((cell, x) => {
      const enter = () => { mark(y, x, true); setText(this.readout, this.describe(term, y, x)); };
      cell.addEventListener("pointerenter", enter);
      cell.addEventListener("pointerleave", () => mark(y, x, false));
      for (const role of ["weights", "products"]) {
        made[role]?.[y][x].addEventListener("pointerenter", enter);
        made[role]?.[y][x].addEventListener("pointerleave", () => mark(y, x, false));
      }
      if (cell.tagName !== "BUTTON") return;
      cell.tabIndex = -1;
      cell.addEventListener("focus", enter);
      cell.addEventListener("blur", () => mark(y, x, false));
      cell.addEventListener("click", () => this.scope.follow({ row: term.window.row, index: term.window.cells[y][x] }));
      cell.addEventListener("keydown", (event) => {
        if (!(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        const [down, right] = STEPS[event.key];
        let next = [y + down, x + right];
        while (places[next[0]]?.[next[1]] && places[next[0]][next[1]].tagName !== "BUTTON") next = [next[0] + down, next[1] + right];
        const target = places[next[0]]?.[next[1]];
        if (!target) return;
        cell.tabIndex = -1;
        target.tabIndex = 0;
        target.focus();
      });
    }));
    const [middle] = [places[places.length >> 1][places[0].length >> 1], ...places.flat()].filter((cell) => cell.tagName === "BUTTON");
    if (middle) middle.tabIndex = 0;
  }
}
