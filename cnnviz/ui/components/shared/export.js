// Saves what is shown as a file, made in the browser and sent nowhere.
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function fileName(...parts) {
  return parts.filter(Boolean).join("-").replace(/[^\p{L}\p{N}._-]+/gu, "_");
}

export function saveCsv(name, head, rows) {
  const quote = (cell) => (/[",\n]/.test(cell) ? `"${String(cell).replaceAll('"', '""')}"` : cell);
  const text = [head, ...rows].map((row) => row.map(quote).join(",")).join("\r\n");
  save(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }), `${name}.csv`);
}

// The layers of a stage, one over the other, on the page's paper, with the legend and its numbers below.
export function savePng(name, layers, legend, theme) {
  const [first] = layers;
  const ratio = first.canvas.width / first.width;
  const foot = legend ? 44 : 0;
  const sheet = document.createElement("canvas");
  sheet.width = first.canvas.width;
  sheet.height = Math.round((first.height + foot) * ratio);
  const context = sheet.getContext("2d");
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, sheet.width, sheet.height);
  for (const layer of layers) context.drawImage(layer.canvas, 0, 0);
  if (legend) {
    context.scale(ratio, ratio);
    const width = Math.min(260, first.width);
    context.imageSmoothingEnabled = false;
    context.drawImage(legend.bar, 0, first.height + 12, width, 10);
    context.fillStyle = theme.text;
    context.font = `12px ${theme.font}`;
    const ticks = [...legend.numbers.children];
    ticks.forEach((tick, index) => {
      context.textAlign = index === 0 ? "left" : index === ticks.length - 1 ? "right" : "center";
      context.fillText(tick.textContent, ticks.length > 1 ? (index / (ticks.length - 1)) * width : 0, first.height + 38);
    });
  }
  sheet.toBlob((blob) => save(blob, `${name}.png`), "image/png");
}
