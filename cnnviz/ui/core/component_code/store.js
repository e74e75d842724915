// The page's store of code: by hash a promise of it, made by whoever asks first, carrier or component.
function placeOf(digest) {
  const places = (globalThis[Symbol.for("cnnviz-code")] ??= new Map());
  if (!places.has(digest)) {
    const place = { code: null, asked: false };
    place.coming = new Promise((give, fail) => Object.assign(place, { give, fail }));
    places.set(digest, place);
  }
  return places.get(digest);
}
