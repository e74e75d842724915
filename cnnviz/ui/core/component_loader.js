// The lines of code that a message holds: FILES, SCRIPT and STYLES are set before them. A style sheet that several
// components have is fetched once: `known` holds the sheets of all of them by address.
const address = (path) => new URL(FILES + path, document.baseURI).href;
const known = (window[Symbol.for("cnnviz.sheets")] ??= {});
const sheet = (url) => (known[url] ??= fetch(url).then((file) => file.text()).then((text) => new CSSStyleSheet().replace(text))
  .catch((error) => { delete known[url]; throw error; }));
const latest = new WeakMap();
let draw, coming;

async function load() {
  const [module, ...sheets] = await Promise.all([import(address(SCRIPT)), ...STYLES.map(address).map(sheet)]);
  draw = (component) => {
    const root = component.parentElement;
    if (sheets.length && !root.adoptedStyleSheets.includes(sheets[0])) root.adoptedStyleSheets = sheets;
    return module.default(component);
  };
}

export default function (component) {
  if (draw) return draw(component);
  latest.set(component.parentElement, component);
  coming ??= load().catch((error) => { coming = null; throw error; });
  return coming.then(() => (latest.get(component.parentElement) === component ? draw(component) : null));
}
