// A drawing on the page's paper with its caption below it.
import { svgElement } from "./figure_drawing.js";

const EDGE = 16, LINE = 17, SIZE = 12;
const LEAST = 320; // pixels: narrower drawings leave no room for a link

// The words of a line in as many lines as fit; a word that is wider than a line, such as a link, is cut.
export function wrapped(text, room, widthOf) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const joined = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (widthOf(joined) <= room) { lines[lines.length - 1] = joined; continue; }
    if (lines[lines.length - 1]) lines.push("");
    for (const letter of word) {
      if (lines[lines.length - 1] && widthOf(lines[lines.length - 1] + letter) > room) lines.push("");
      lines[lines.length - 1] += letter;
    }
  }
  return lines;
}

export function captioned(drawing, theme, sentences) {
  const measure = document.createElement("canvas").getContext("2d");
  const font = theme.font.replaceAll('"', "'");
  measure.font = `${SIZE}px ${theme.font}`;
  const room = Math.max(drawing.width, LEAST);
  const lines = sentences.filter(Boolean).flatMap((text) => wrapped(text, room, (part) => measure.measureText(part).width));
  const width = Math.ceil(room + 2 * EDGE), height = Math.ceil(drawing.height + 2 * EDGE + LINE * lines.length + 8);
  const root = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": font });
  root.append(svgElement("rect", { width, height, fill: theme.paper }));
  const content = svgElement("g", { transform: `translate(${EDGE} ${EDGE})` });
  content.append(...drawing.parts);
  root.append(content);
  lines.forEach((text, index) => {
    const line = svgElement("text", { x: EDGE, y: drawing.height + EDGE + 8 + LINE * (index + 0.8), "font-size": SIZE, fill: theme.text });
    line.textContent = text;
    root.append(line);
  });
  return { text: new XMLSerializer().serializeToString(root), width, height };
}
