// Pointer and keys on the panels: they move the one cursor, or paint with the brush.
import { Redrawn } from "../../shared/redraw.js";
import { Stroke } from "./brush.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class Input extends Redrawn {
  settings = { sign: "signed", range: null, clip: 99, look: "cells", strength: 0.85, tool: "look", size: 3 };
  /** Under the pointer, and under the keyboard's cursor, as shares of the image. @type {Place} */ place = null;
  /** @type {Place} */ pinned = null;
  /** Not yet answered. @type {Stroke[]} */ strokes = [];
  /** @type {Stroke} */ drawing = null;
  /** @type {import("./panel.js").Panel} */ active;
  /** @type {Send} */ send;

  listen(view) {
    const { stage } = view;
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      const scale = box.width / stage.offsetWidth || 1; // of present mode
      return view.hit((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
    };
    stage.addEventListener("pointerdown", (event) => {
      if (this.settings.tool === "look" || !at(event)) return;
      stage.setPointerCapture(event.pointerId);
      event.preventDefault();
      this.drawing = new Stroke(this.settings.tool, this.settings.size);
      this.draw(view, at(event));
    });
    stage.addEventListener("pointermove", (event) => {
      [this.active, this.place] = [view, at(event)];
      if (this.drawing && this.place) this.drawing.to(view.pixelAt(this.place));
      this.later("mark");
    });
    stage.addEventListener("pointerup", (event) => {
      if (this.drawing) return this.finish();
      const place = at(event);
      [this.active, this.place, this.pinned] = [view, place, place];
      this.later("mark");
    });
    for (const name of ["pointercancel", "lostpointercapture"]) stage.addEventListener(name, () => this.drawing && this.finish());
    stage.addEventListener("pointerleave", () => {
      this.place = null;
      this.later("mark");
    });
    stage.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.press(view, event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    stage.addEventListener("focus", () => {
      if (!stage.matches(":focus-visible")) return;
      this.active = view;
      this.pinned ??= { y: (Math.floor(view.height / 2) + 0.5) / view.height, x: (Math.floor(view.width / 2) + 0.5) / view.width };
      this.later("mark");
    });
  }

  press(view, key) {
    this.active = view;
    if (key in STEPS) {
      this.pinned = view.step(this.pinned ?? { y: 0.5, x: 0.5 }, ...STEPS[key]);
      this.place = null;
    } else if ((key === "Enter" || key === " ") && this.settings.tool !== "look" && this.pinned) {
      this.drawing = new Stroke(this.settings.tool, this.settings.size);
      this.draw(view, this.pinned);
      this.finish();
    } else if (key === "Escape" && (this.pinned || this.place)) this.pinned = this.place = null;
    else return false;
    this.later("mark");
    return true;
  }

  draw(view, place) {
    if (place) this.drawing.to(view.pixelAt(place));
    this.later("mark");
  }

  finish() {
    const stroke = this.drawing;
    this.drawing = null;
    if (!stroke?.path.length) return;
    this.strokes.push(stroke);
    this.send("stroke", stroke.message());
    this.later("mark");
  }
}
