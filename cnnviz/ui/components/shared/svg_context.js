// Takes the drawing calls of a canvas and hands on SVG elements: what draws numbers and lines draws a figure with the
// same code. `add(tag, attributes, text)` takes an element; patterns become a grey, pictures stay pictures.
const ANCHOR = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
const PATTERN = "#d9d9d9";

export class SvgContext {
  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign = "start";
  textBaseline = "alphabetic";
  imageSmoothingEnabled = false;
  dash = [];
  path = "";

  constructor(add) {
    this.add = add;
    this.ruler = document.createElement("canvas").getContext("2d");
  }

  paint(style) {
    return typeof style === "string" ? style : PATTERN;
  }

  fillRect(x, y, width, height) {
    this.add("rect", { x, y, width, height, fill: this.paint(this.fillStyle), "fill-opacity": this.globalAlpha });
  }

  strokeRect(x, y, width, height) {
    this.add("rect", { x, y, width, height, fill: "none", ...this.pen() });
  }

  pen() {
    return { stroke: this.paint(this.strokeStyle), "stroke-width": this.lineWidth, "stroke-opacity": this.globalAlpha, "stroke-dasharray": this.dash.join(" ") };
  }

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${x} ${y}`;
  }

  lineTo(x, y) {
    this.path += `L${x} ${y}`;
  }

  stroke() {
    if (this.path) this.add("path", { d: this.path, fill: "none", ...this.pen() });
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  fillText(text, x, y) {
    const size = Number.parseFloat(/([\d.]+)px/.exec(this.font)?.[1] ?? "10");
    const down = { middle: 0.35, top: 0.8 }[this.textBaseline] ?? 0;
    this.add("text", { x, y: y + down * size, fill: this.paint(this.fillStyle), "font-size": size, "text-anchor": ANCHOR[this.textAlign] ?? "start",
      "font-family": this.font.replace(/^.*?px\s*/, "").replaceAll('"', "'") }, text);
  }

  // Of a canvas: all of it to a rectangle, or a part of it.
  drawImage(source, ...numbers) {
    const [left, top, across, down, x, y, width, height] = numbers.length > 4 ? numbers : [0, 0, source.width, source.height, ...numbers];
    const part = document.createElement("canvas");
    [part.width, part.height] = [across, down];
    part.getContext("2d").drawImage(source, left, top, across, down, 0, 0, across, down);
    this.add("image", { x, y, width, height, href: part.toDataURL("image/png"), preserveAspectRatio: "none", style: "image-rendering: pixelated" });
  }
}
