// Has the browser fetch files ahead of the components that import them: all at once, not one import after another.
const asked = new Set();

export default function ({ data }) {
  for (const path of data) {
    if (asked.has(path)) continue;
    asked.add(path);
    const script = path.endsWith(".js");
    const link = document.createElement("link");
    link.href = new URL(FILES + path, document.baseURI).href;
    link.rel = script ? "modulepreload" : "preload";
    if (!script) Object.assign(link, { as: "fetch", crossOrigin: "anonymous" });
    document.head.append(link);
  }
}
