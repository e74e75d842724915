// The code of one component, made into a module the first time that it comes.
export default async function ({ data }) {
  const place = placeOf(new TextDecoder().decode(data.subarray(0, 32)));
  if (place.asked) return;
  place.asked = true;
  try {
    const { script, styles } = JSON.parse(new TextDecoder().decode(data.subarray(32)));
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    place.code = { run: module.default, sheet };
    place.give(place.code);
  } catch (error) {
    place.fail(error);
  }
}
