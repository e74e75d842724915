// The key of the user's browser: made once, kept by this browser, told to the server and to nobody else.
const PLACE = "cnnviz.visitor";
const SHAPE = /^[0-9a-f]{32}$/;
let held = null; // for browsers that keep nothing

function stored() {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

function store(key) {
  try {
    localStorage.setItem(PLACE, key);
  } catch {
    // the key then lasts as long as this page
  }
}

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export default function ({ setStateValue }) {
  const known = stored();
  held = SHAPE.test(known ?? "") ? known : held ?? fresh();
  if (held !== known) store(held);
  setStateValue("key", held);
}
