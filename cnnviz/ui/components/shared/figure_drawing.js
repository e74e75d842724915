// What stands on the page as a vector drawing: boxes, texts and lines as such; a canvas draws itself where it can, else it
// is a picture. Parts marked `data-no-figure`, and buttons, are left out.
const SVG = "http://www.w3.org/2000/svg";
const LEFT_OUT = "[data-no-figure], .cnnviz-figure, .panel-tools, .toolbar, .player, .hint, .hidden, .edit, .tools, .status, .reveal, .modebar-container, .hoverlayer, input, script, style";
const STYLED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "font-family", "font-size", "font-weight",
  "text-anchor", "visibility", "clip-path", "dominant-baseline"];

export function svgElement(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== "") made.setAttribute(name, value);
  return made;
}

const colours = new Map();

// Any colour of a style sheet as #rrggbb and an opacity, which every program reads.
function colourOf(text) {
  if (!colours.has(text)) {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    colours.set(text, [`#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`, alpha / 255]);
  }
  return colours.get(text);
}

class Tracer {
  parts = [];
  left = Infinity;
  top = Infinity;
  right = 0;
  bottom = 0;

  constructor(place) {
    const box = place.getBoundingClientRect();
    this.scale = box.width / place.offsetWidth || 1; // of present mode
    this.origin = [box.left - place.scrollLeft * this.scale, box.top - place.scrollTop * this.scale];
  }

  rect(box) {
    return { x: (box.left - this.origin[0]) / this.scale, y: (box.top - this.origin[1]) / this.scale, width: box.width / this.scale, height: box.height / this.scale };
  }

  add(part, box) {
    this.parts.push(part);
    this.left = Math.min(this.left, box.x);
    this.top = Math.min(this.top, box.y);
    this.right = Math.max(this.right, box.x + box.width);
    this.bottom = Math.max(this.bottom, box.y + box.height);
  }

  walk(node, zoom) {
    if (node instanceof Text) return this.text(node, zoom);
    if (!(node instanceof Element) || node.matches(LEFT_OUT)) return;
    const style = getComputedStyle(node);
    const unseen = style.display === "none" || style.visibility === "hidden" || style.opacity === "0" || style.clipPath === "inset(50%)";
    if (unseen) return;
    if (node instanceof SVGSVGElement) return this.svg(node);
    if (node instanceof HTMLCanvasElement) return this.canvas(node, zoom);
    if (node instanceof HTMLImageElement) return this.picture(node, node.src);
    const inner = style.transform.startsWith("matrix(") && !node.hasAttribute("data-presented") ? zoom * Number.parseFloat(style.transform.slice(7)) : zoom;
    this.box(node, style, inner);
    if (node.shadowRoot) for (const child of node.shadowRoot.childNodes) this.walk(child, inner);
    for (const child of node.childNodes) this.walk(child, inner);
  }

  box(node, style, zoom) {
    const [fill, alpha] = colourOf(style.backgroundColor);
    const line = Number.parseFloat(style.borderTopWidth) && style.borderTopStyle !== "none" ? style.borderTopColor : style.outlineStyle === "solid" ? style.outlineColor : null;
    const width = line === style.borderTopColor ? Number.parseFloat(style.borderTopWidth) : Number.parseFloat(style.outlineWidth);
    const ruled = line && line === style.borderTopColor && !Number.parseFloat(style.borderLeftWidth);
    const [stroke, ink] = line ? colourOf(line) : ["none", 0];
    if (!alpha && !ink) return;
    const box = this.rect(node.getBoundingClientRect());
    const clips = node.scrollHeight > node.clientHeight + 1 && style.overflowY !== "visible"; // the figure shows all of it
    if (!box.width || !box.height || clips) return;
    if (ruled) return this.add(svgElement("line", { x1: box.x, y1: box.y, x2: box.x + box.width, y2: box.y, stroke, "stroke-opacity": ink, "stroke-width": width * zoom }), box);
    this.add(svgElement("rect", { ...box, rx: Math.min(Number.parseFloat(style.borderTopLeftRadius) * zoom || 0, box.height / 2), fill: alpha ? fill : "none", "fill-opacity": alpha,
      stroke: ink ? stroke : "none", "stroke-opacity": ink, "stroke-width": ink ? width * zoom : undefined }), box);
  }

  // A text, line by line as the browser broke it.
  text(node, zoom) {
    if (!node.data.trim()) return;
    const style = getComputedStyle(node.parentElement);
    const size = Number.parseFloat(style.fontSize) * zoom;
    for (const [words, area] of linesOf(node)) {
      const box = this.rect(area);
      if (!box.width || box.height < 2) continue;
      const [fill, alpha] = colourOf(style.color);
      const made = svgElement("text", { x: box.x, y: box.y + box.height / 2 + size * 0.35, "font-size": size, "font-weight": style.fontWeight, "font-family": style.fontFamily.replaceAll('"', "'"),
        fill, "fill-opacity": alpha, textLength: box.width, lengthAdjust: "spacingAndGlyphs" });
      made.textContent = words;
      this.add(made, box);
    }
  }

  canvas(node, zoom) {
    if (!node.width || !node.height || !node.clientWidth) return;
    const box = this.rect(node.getBoundingClientRect());
    const group = svgElement("g", { transform: `translate(${box.x} ${box.y}) scale(${zoom})` });
    const draw = node.drawFigure; // a canvas that knows its numbers and lines draws them itself
    if (!draw) return this.picture(node, node.toDataURL("image/png"));
    draw((tag, attributes, text) => {
      const made = svgElement(tag, attributes);
      if (text !== undefined) made.textContent = text;
      group.append(made);
    });
    this.add(group, box);
  }

  picture(node, href) {
    const box = this.rect(node.getBoundingClientRect());
    this.add(svgElement("image", { ...box, href, preserveAspectRatio: "none", style: "image-rendering: pixelated" }), box);
  }

  svg(node) {
    const box = this.rect(node.getBoundingClientRect());
    if (!box.width) return;
    const copy = styled(node);
    if (!copy) return;
    const view = node.getAttribute("viewBox") ?? `0 0 ${node.clientWidth || box.width} ${node.clientHeight || box.height}`;
    for (const [name, value] of Object.entries({ ...box, viewBox: view })) copy.setAttribute(name, String(value));
    copy.setAttribute("overflow", "visible");
    this.add(copy, box);
  }
}

// A copy of an SVG element with the styles that the page's sheets give it.
function styled(node) {
  if (node.matches(LEFT_OUT)) return null;
  const copy = node.cloneNode(false);
  const style = getComputedStyle(node);
  if (style.display === "none" && node.tagName !== "defs") return null;
  copy.removeAttribute("style");
  copy.removeAttribute("class");
  if (!["defs", "clipPath", "linearGradient", "stop"].includes(node.tagName)) {
    for (const name of STYLED) {
      let value = style.getPropertyValue(name);
      if (!value || value === "normal" || (value === "none" && name !== "fill" && name !== "stroke")) continue;
      if ((name === "fill" || name === "stroke") && value !== "none" && !value.startsWith("url")) {
        const [colour, alpha] = colourOf(value);
        if (alpha < 1) copy.setAttribute(`${name}-opacity`, String(alpha * Number.parseFloat(style.getPropertyValue(`${name}-opacity`) || "1")));
        value = colour;
      } else if (name.endsWith("-opacity") && copy.hasAttribute(name)) continue;
      copy.setAttribute(name, value.replace(/url\(["']?[^#"')]*#/, "url(#").replace(/(url\(#[^"')]*)["']?\)/, "$1)").replaceAll('"', "'"));
    }
  }
  for (const child of node.childNodes) {
    const made = child instanceof Element ? styled(child) : child.cloneNode(false);
    if (made) copy.append(made);
  }
  return copy;
}

// The words of a text node by the line that they stand on.
function linesOf(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  if (range.getClientRects().length === 1) return [[node.data.trim(), range.getBoundingClientRect()]];
  const lines = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    for (const area of range.getClientRects()) {
      const last = lines[lines.length - 1];
      if (last && Math.abs(last[1].top - area.top) < 2) {
        last[0] += ` ${word.trimEnd()}`;
        last[1] = new DOMRect(last[1].left, last[1].top, area.right - last[1].left, last[1].height);
      } else lines.push([word.trimEnd(), area]);
    }
  }
  return lines;
}

export function drawingOf(place) {
  const tracer = new Tracer(place);
  for (const child of place.childNodes) tracer.walk(child, 1);
  if (!tracer.parts.length) return { parts: [], width: 0, height: 0 };
  const moved = svgElement("g", { transform: `translate(${-tracer.left} ${-tracer.top})` });
  moved.append(...tracer.parts);
  return { parts: [moved], width: tracer.right - tracer.left, height: tracer.bottom - tracer.top };
}
