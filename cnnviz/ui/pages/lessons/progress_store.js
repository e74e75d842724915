// The progress of a student: read once from this browser, and written to it whenever it changes.
const PLACE = "cnnviz.progress";

export default function ({ data, setStateValue }) {
  try {
    if (data.text === null) setStateValue("stored", localStorage.getItem(PLACE) ?? "");
    else localStorage.setItem(PLACE, data.text);
  } catch {
    if (data.text === null) setStateValue("stored", ""); // a browser that keeps nothing
  }
}
