// Called by Streamlit on every run: the view of a place on the page is made once and shown the new facts.
import { element } from "../../shared/dom.js";
import { View } from "./view.js";

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new View(element("div", "diagram", element("div", "outer", parentElement)));
    views.set(parentElement, view);
  }
  view.show(data, (name) => setTriggerValue("picked", name));
  return () => {
    views.get(parentElement)?.stop();
    views.delete(parentElement);
  };
}
