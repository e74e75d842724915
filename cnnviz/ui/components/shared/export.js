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
