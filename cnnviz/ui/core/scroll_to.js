// Brings the answer to a press into sight, once: the button may stand at the foot of a long page.
const HEADER = "4rem";
let brought = null;

export default function ({ data, parentElement }) {
  if (data === brought) return;
  brought = data;
  parentElement.style.scrollMarginTop = HEADER;
  parentElement.scrollIntoView();
}
