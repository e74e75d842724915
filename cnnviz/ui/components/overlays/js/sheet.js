// All panels with their titles and the legend on one page, as PNG or SVG; made in the browser, sent nowhere.
import { fileName, save } from "../../shared/export.js";

const GAP = 16;
const HEAD = 24;
const FOOT = 60;
/** @type {CanvasTextAlign[]} */
const ALIGNED = ["left", "center", "right"];

// Every panel as wide as the largest on the page, in rows of `columns`.
function arrange(panels, columns) {
  const width = Math.max(...panels.map((panel) => panel.size[0]));
  const sized = panels.map((panel) => ({ panel, width, height: Math.round((width * panel.size[1]) / panel.size[0]) }));
  const [across, down] = [width + GAP, Math.max(...sized.map(({ height }) => height)) + HEAD + GAP];
  const places = sized.map((one, index) => ({ ...one, left: GAP + (index % columns) * across, top: GAP + Math.floor(index / columns) * down }));
  return { places, width: GAP + columns * across, height: GAP + Math.ceil(panels.length / columns) * down + FOOT };
}

function columnsOf({ header, views: panels }) {
  if (header.main) return Math.min(3, panels.length);
  const tops = panels.map((panel) => panel.section.offsetTop);
  return Math.max(1, tops.filter((top) => top === tops[0]).length);
}

// The legend as marks: its bar, its numbers, its caption; for panels of their own range, a caption alone.
function legendOf(app) {
  const { legend } = app;
  return { bar: legend.box.hidden ? null : legend.bar, numbers: [...legend.numbers.children].map((part) => part.textContent), caption: legend.caption.textContent };
}

export function sheetPng(app, name) {
  const panels = [...app.views];
  const { places, width, height } = arrange(panels, columnsOf(app));
  const sheet = document.createElement("canvas");
  const ratio = 2;
  [sheet.width, sheet.height] = [width * ratio, height * ratio];
  const context = sheet.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = app.theme.paper;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  context.font = `600 13px ${app.theme.font}`;
  for (const { panel, left, top, width: wide, height: tall } of places) {
    context.fillStyle = app.theme.text;
    context.fillText(panel.title.textContent, left, top + 14, wide + GAP);
    panel.draw(context, { left, top: top + HEAD, width: wide, height: tall }, app.settings);
  }
  context.fillStyle = app.theme.text;
  const { bar, numbers, caption } = legendOf(app);
  const line = height - FOOT + 8;
  context.font = `12px ${app.theme.font}`;
  if (bar) context.drawImage(bar, GAP, line, 260, 10);
  numbers.forEach((text, index) => {
    context.textAlign = ALIGNED[numbers.length > 1 ? Math.round((2 * index) / (numbers.length - 1)) : 0];
    if (bar) context.fillText(text, GAP + (260 * index) / Math.max(1, numbers.length - 1), line + 24);
  });
  context.textAlign = "left";
  context.fillText(caption, GAP, line + 42, width - 2 * GAP);
  sheet.toBlob((blob) => save(blob, `${fileName(name)}.png`), "image/png");
}

// Titles, numbers and frames as vectors; the maps as pictures of one pixel a cell.
export function sheetSvg(app, name) {
  const panels = [...app.views];
  const { places, width, height } = arrange(panels, columnsOf(app));
  const svg = document.implementation.createDocument("http://www.w3.org/2000/svg", "svg");
  const root = svg.documentElement;
  const add = (tag, attributes, text) => {
    const made = svg.createElementNS(root.namespaceURI, tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    root.append(made);
  };
  for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "sans-serif", "font-size": 12, fill: app.theme.text })) root.setAttribute(key, value);
  add("rect", { width, height, fill: app.theme.paper });
  const crisp = "image-rendering: pixelated";
  for (const { panel, left, top, width: wide, height: tall } of places) {
    const place = { x: left, y: top + HEAD, width: wide, height: tall, preserveAspectRatio: "none", style: crisp };
    add("text", { x: left, y: top + 14, "font-weight": 600 }, panel.title.textContent);
    add("image", { ...place, href: panel.picture(Boolean(panel.map)).canvas.toDataURL("image/png") });
    if (panel.map) add("image", { ...place, opacity: app.settings.strength, href: panel.sheets.map.canvas.toDataURL("image/png"), style: app.settings.look === "smooth" ? "" : crisp });
  }
  const { bar, numbers, caption } = legendOf(app);
  const line = height - FOOT + 8;
  if (bar) {
    add("image", { x: GAP, y: line, width: 260, height: 10, preserveAspectRatio: "none", href: bar.toDataURL("image/png") });
    numbers.forEach((text, index) => add("text", { x: GAP + (260 * index) / Math.max(1, numbers.length - 1), y: line + 24,
      "text-anchor": ["start", "middle", "end"][numbers.length > 1 ? Math.round((2 * index) / (numbers.length - 1)) : 0] }, text));
  }
  add("text", { x: GAP, y: line + 42 }, caption);
  save(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }), `${fileName(name)}.svg`);
}
