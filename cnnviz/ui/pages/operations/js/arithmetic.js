// The arithmetic of one number: window, kernel and products as small tables, and the formula with its numbers.
import { element } from "../../../components/shared/dom.js";
import { exactNumber, fill, shortNumber } from "../../../components/shared/numbers.js";

const NUMBERED = 25;
const CHANNELS = 4;
const TERMS = 16;
const MINI = 5;

export const said = (value) => (Number.isInteger(value) ? exactNumber(value) : shortNumber(value, 6));
const factor = (value) => (value < 0 ? `(${said(value)})` : said(value));

function table(parent, values, columns, padded, caption, winner = -1) {
  const box = element("figure", "mini", parent);
  const made = element("div", "mini-grid", box);
  made.style.gridTemplateColumns = `repeat(${columns}, minmax(1.9rem, auto))`;
  values.forEach((value, place) => {
    const cell = element("span", "", made, said(value).length > 7 ? shortNumber(value, 3) : said(value));
    if (padded?.[place]) cell.className = "padded";
    if (place === winner) cell.className = "winner";
  });
  element("figcaption", "", box, caption);
}

function picture(parent, values, rows, columns, padded, caption, scale) {
  const box = element("figure", "mini", parent);
  const canvas = element("canvas", "", box);
  [canvas.width, canvas.height] = [columns * MINI, rows * MINI];
  const context = canvas.getContext("2d");
  values.forEach((value, place) => {
    context.fillStyle = padded?.[place] ? "rgba(128,128,128,.35)" : scale(values).css(value);
    context.fillRect((place % columns) * MINI, Math.floor(place / columns) * MINI, MINI, MINI);
  });
  element("figcaption", "", box, caption);
}

export class Arithmetic {
  constructor(parent, scale) {
    this.scale = scale;
    this.root = element("div", "arithmetic", parent);
    this.where = element("div", "where", this.root);
    this.tables = element("div", "tables", this.root);
    this.formula = element("div", "formula", this.root);
  }

  show(words, where, link, cell, value) {
    this.words = words;
    this.where.textContent = where;
    this.tables.replaceChildren();
    this.formula.replaceChildren();
    if (!link) return this.lines([said(value)]);
    if (link.linesOf) return this.lines(link.linesOf(cell));
    const parts = link.parts(cell);
    const total = link.value(cell);
    return link.kernel ? this.convolution(link, cell, parts, total) : this.pool(link, cell, parts[0], total);
  }

  lines(lines) {
    for (const text of lines) element("div", "formula-line", this.formula, text);
  }

  draw(values, part, caption, padded, winner) {
    const parent = this.row;
    if (values.length <= NUMBERED) table(parent, values, part.columns, padded, caption, winner);
    else picture(parent, values, part.rows, part.columns, padded, caption, this.scale);
  }

  convolution(link, cell, parts, total) {
    const { words } = this;
    parts.slice(0, CHANNELS).forEach((part) => {
      this.row = element("div", "part", this.tables);
      if (parts.length > 1) element("div", "part-label", this.row, part.label);
      this.draw(part.window, part, words.window, part.padded);
      element("span", "sign", this.row, "×");
      this.draw(part.weights, part, words.kernel);
      element("span", "sign", this.row, "=");
      this.draw(part.products, part, words.products);
      element("span", "sign", this.row, `Σ ${said(part.sum)}`);
    });
    const bias = link.bias[cell.plane] ?? 0;
    const lines = [];
    const count = parts.length * parts[0].products.length;
    const tail = bias ? ` + ${factor(bias)}` : "";
    if (count <= TERMS) {
      const terms = parts.flatMap((part) => part.window.map((value, place) => `${factor(value)}·${factor(part.weights[place])}`));
      lines.push(`${terms.join(" + ")}${tail} = ${said(total)}`);
    }
    if (parts.length > 1) lines.push(`${parts.map((part) => factor(part.sum)).join(" + ")}${tail} = ${said(total)}`);
    else if (count > TERMS) lines.push(`Σ x·w${bias ? ` + b = ${said(parts[0].sum)}${tail}` : ""} = ${said(total)}`);
    if (bias) lines.push(fill(words.bias, { value: said(bias) }));
    if (parts.length > CHANNELS) lines.push(fill(words.more, { count: parts.length - CHANNELS }));
    this.lines(lines);
  }

  pool(link, cell, part, total) {
    const { words } = this;
    this.row = element("div", "part", this.tables);
    const winner = link.how === "mean" ? -1 : part.window.findIndex((value, place) => value === total && !part.padded[place]);
    this.draw(part.window, part, words.window, part.padded, winner);
    const terms = part.window.length <= TERMS ? part.window.map(said) : [...part.window.slice(0, 8).map(said), "…"];
    if (link.how === "mean") {
      const by = link.divisors[cell.y * link.columns.units + cell.x];
      const sum = terms.length > 8 ? said(part.sum) : `(${part.window.map(factor).join(" + ")})`;
      this.lines([`${sum}/${said(by)} = ${said(total)}`]);
    } else this.lines([`${link.how}(${terms.join(", ")}) = ${said(total)}`]);
  }
}
