// Scrolls the result of a pressed button into view, once: the button may stand at the foot of a long page.
const HEADER = "4rem";
let shown = null;

export default function ({ data, parentElement }) {
  if (data === shown) return;
  shown = data;
  parentElement.style.scrollMarginTop = HEADER;
  parentElement.scrollIntoView();
}
