// A component whose code was carried: drawn at once where it is here, else as soon as it comes, with its latest data.
const waiting = new WeakMap();

function draw({ run, sheet }, component) {
  const { adoptedStyleSheets: sheets } = component.parentElement;
  if (!sheets.includes(sheet)) component.parentElement.adoptedStyleSheets = [...sheets, sheet];
  return run(component);
}

export default function (component) {
  const place = placeOf("DIGEST");
  if (place.code) return draw(place.code, component);
  waiting.set(component.parentElement, component);
  return place.coming.then((code) => waiting.get(component.parentElement) === component ? draw(code, component) : null);
}
