// The button "Figure" as a component of its own, for objects that do not draw it themselves.
import { FigureButton } from "../../shared/figure_button.js";

const buttons = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let made = buttons.get(parentElement);
  if (!made) buttons.set(parentElement, (made = new FigureButton(parentElement)));
  made.receive(data, setTriggerValue);
  return () => {
    buttons.get(parentElement)?.stop();
    buttons.delete(parentElement);
  };
}
