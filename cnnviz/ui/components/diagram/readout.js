// The facts of the layer under the pointer or the focus, in one place that never moves.

function drawReadout(panel, item, data) {
  panel.replaceChildren();
  if (!item) {
    panel.append(make("p", "hint", data.words.hint));
    return;
  }
  const number = new Intl.NumberFormat(data.language);
  const row = item.type === "row";
  panel.append(make("p", "title", row ? item.id : titleOf(item)));
  panel.append(make("p", "kind", row ? kindLine(item, data) : data.words.layers_inside.replace("#", item.layers)));
  const facts = make("dl", "facts");
  const fact = (label, value) => { facts.append(make("dt", "", label), make("dd", "", value)); };
  if (row) fact(data.words.inputs, item.inputs.map((at) => (at < 0 ? data.words.image : data.rows[at].name)).join(", "));
  fact(data.words.shape, shapeText(item.shape));
  fact(data.words.params, number.format(item.params));
  fact(data.words.macs, number.format(item.macs));
  fact(data.words.memory, bytesText(item.bytes, number));
  fact(data.words.field, item.field);
  panel.append(facts);
  if (row) panel.append(make("p", "what", data.kinds[item.kind].what));
  panel.append(make("p", "hint", row ? data.words.hint_layer : data.words.hint_block));
}

function kindLine(item, data) {
  const { name } = data.kinds[item.kind];
  return name === item.kind ? name : `${name} · ${item.kind}`;
}

function bytesText(bytes, number) {
  const steps = [["B", 1], ["kB", 1e3], ["MB", 1e6], ["GB", 1e9]];
  const [unit, size] = steps.filter(([, one]) => bytes >= one).pop() || steps[0];
  const rounded_ = bytes / size;
  return `${number.format(Number(rounded_.toPrecision(3)))} ${unit}`;
}
