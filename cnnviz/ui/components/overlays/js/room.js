// The component that lends its element as a room for panels of the overlays; `data` is its name.
import { element } from "../../shared/dom.js";
import { lend, takeBack } from "./rooms.js";

export default function ({ data, parentElement }) {
  const room = parentElement.querySelector(".overlay-room") ?? element("div", "cnnviz-canvas panels overlay-panels overlay-room", parentElement);
  lend(data, room);
  return () => takeBack(data, room);
}
