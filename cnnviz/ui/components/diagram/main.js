// Called by Streamlit on every run: the view of a place on the page is made once and shown the new facts.

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".diagram");
  let view = views.get(parentElement);
  if (!view || view.root !== root) {
    view = new View(root);
    views.set(parentElement, view);
  }
  view.show(data, (name) => setTriggerValue("picked", name));
}
