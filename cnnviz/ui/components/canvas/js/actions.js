// The user's actions, whatever the device: point, choose, step, turn pages, enlarge, go back one level.
import { clamp, plainNumber } from "../../shared/numbers.js";
import { fileName, saveCsv } from "../../shared/export.js";
import { nextUnit } from "./keyboard.js";
import { Redrawn } from "../../shared/redraw.js";
import { TARGET } from "./view.js";

export class Actions extends Redrawn {
  /** @type {import("./image_view.js").ImageView} */ image = null;
  /** @type {"mouse" | "touch" | "keys"} */ input = "mouse";
  /** @type {Pin} */ pinned = null;
  /** @type {Place} */ pixel = null;
  /** @type {{ view: import("./maps_view.js").MapsView, unit: Unit }} */ hover = null;
  /** Counts the pins, so that an older word of the server's does not undo a newer one. */ serial = 0;
  /** @type {string} */ mode = null;
  /** Its room in present mode. @type {{ height: number, scale: number } | null} */ presented = null;
  /** @type {Theme} */ theme;
  /** @type {Word} */ word;
  /** @type {Send} */ send;
  active;

  // Read the value under a point of a stage; `since` is when the event happened, to measure how fast the answer is.
  point(view, point, since) {
    const found = point && view.hit(...point);
    if (view === this.image) {
      this.pixel = found;
      this.hover = null;
    } else {
      this.pixel = null;
      this.hover = found ? { view, unit: found } : null;
      if (found) view.cursor = found;
    }
    this.active = view;
    this.later("mark", since);
  }

  // A click or tap: pin what is large enough to be hit, else open or enlarge it first.
  choose(view, point) {
    this.point(view, point);
    if (view === this.image || !this.hover) return;
    const { unit } = this.hover;
    if (view.vector || view.cell >= TARGET[this.input]) this.pin(view, unit);
    else this.open(view, unit, TARGET[this.input]);
  }

  open(view, unit, target) {
    view.open(unit, target);
    view.cursor = unit;
    this.later("layout");
  }

  close(view) {
    view.close();
    this.later("layout");
    view.stage.focus({ preventScroll: true });
  }

  // Pinning the pinned unit frees it. This is the only thing the server hears.
  pin(view, unit) {
    const same = this.pinned && view.spec.name === this.pinned.panel && ["channel", "y", "x"].every((a) => this.pinned[a] === unit[a]);
    this.setPin(same ? null : { panel: view.spec.name, ...unit });
  }

  setPin(pin) {
    this.pinned = pin;
    this.serial += 1;
    this.send("pin", { panel: null, ...pin, serial: this.serial });
    this.later("mark");
  }

  focused(view) {
    this.input = "keys";
    this.active = view;
    if (!this.cursorOf(view)) return this.later("mark");
    this.show(view, view.cursor);
  }

  // Where the keyboard is; the middle of what is shown at first.
  cursorOf(view) {
    if (view === this.image) view.cursor ??= { y: view.height >> 1, x: view.width >> 1 };
    else view.cursor ??= { channel: view.level === "map" ? view.channel : view.channelOf(view.page * view.grid.perPage),
      y: (view.height - 1) >> 1, x: (view.width - 1) >> 1 };
    return view.cursor;
  }

  show(view, unit) {
    view.cursor = unit;
    this.active = view;
    if (view === this.image) {
      this.pixel = unit;
      this.hover = null;
      return this.later("mark");
    }
    const before = [view.page, view.channel, ...view.centre].join();
    view.reveal(unit);
    this.hover = { view, unit };
    this.pixel = null;
    this.later([view.page, view.channel, ...view.centre].join() === before ? "mark" : "layout");
    return true;
  }

  step(view, down, right) {
    const unit = this.cursorOf(view);
    if (view === this.image) {
      this.show(view, { y: clamp(unit.y + down, 0, view.height - 1), x: clamp(unit.x + right, 0, view.width - 1) });
    } else this.show(view, nextUnit(view, unit, down, right));
    return true;
  }

  enter(view) {
    if (view === this.image) return false;
    const unit = this.cursorOf(view);
    if (view.vector || view.level === "map") this.pin(view, unit);
    else this.open(view, unit, 0);
    this.hover = { view, unit };
    return true;
  }

  // Exactly one level: the pin, the marked pixel, the large map.
  back(view) {
    if (this.pinned) this.setPin(null);
    else if (this.pixel) this.show(this.image, null);
    else if (view !== this.image && view.level === "map" && view.channels > 1) this.close(view);
    else return false;
    return true;
  }

  turn(view, by) {
    if (view === this.image) return false;
    if (view.level === "map") {
      const slot = clamp(view.slotOf(view.channel) + by, 0, view.tiles - 1);
      view.channel = view.channelOf(slot);
      if (view.cursor) view.cursor = { ...view.cursor, channel: view.channel };
    } else {
      view.page = clamp(view.page + by, 0, view.grid.pages - 1);
      view.cursor = null;
    }
    this.hover = view.cursor && this.input === "keys" ? { view, unit: view.cursor } : null;
    this.later("layout");
    return true;
  }

  jump(view, end) {
    if (view === this.image) return false;
    const unit = this.cursorOf(view);
    if (view.level === "map") return this.show(view, { ...unit, x: end ? view.width - 1 : 0 });
    return this.show(view, { ...unit, channel: view.channelOf(end ? view.tiles - 1 : 0) });
  }

  zoom(view, factor, x, y) {
    const changed = view.zoomBy(factor, x, y);
    if (changed) this.later("layout");
    return changed;
  }

  pan(view, dx, dy) {
    view.panBy(dx, dy);
    this.later("paint");
  }

  // Keys and buttons: larger, smaller, or 0 for the whole map; in the grid, larger opens the map.
  enlarge(view, factor) {
    if (view === this.image || view.vector) return false;
    if (view.level === "grid") {
      if (factor > 1) this.open(view, this.cursorOf(view), 0);
      return factor > 1;
    }
    const rect = view.mapRect();
    const focus = view.cursor ?? { x: view.width / 2, y: view.height / 2 };
    const cell = rect.width / view.width;
    if (factor === 0) view.zoomBy(1 / view.zoom);
    else view.zoomBy(factor, rect.left + (focus.x + 0.5) * cell, rect.top + (focus.y + 0.5) * cell);
    this.later("layout");
    return true;
  }

  sort(view) {
    view.sort(!view.sorted);
    view.page = 0;
    this.later("layout");
  }

  toggleColour(view) {
    view.rgb = !view.rgb;
    [view.page, view.cursor, this.hover] = [0, null, null];
    this.later("layout");
  }

  setMode(mode) {
    this.mode = mode;
    this.later("layout");
  }

  // The values of the maps on the screen, one a line.
  saveCsv(view) {
    const large = view.level === "map";
    const slots = large ? [view.slotOf(view.channel)] : Array.from({ length: view.shown }, (_, i) => view.page * view.grid.perPage + i);
    const channels = slots.flatMap((slot) => (view.rgb ? [0, 1, 2].map((part) => slot * 3 + part) : [view.channelOf(slot)]));
    const { word } = this;
    const head = ["csv.channel", "csv.row", "csv.column", "csv.value"].map((name) => word(name));
    const rows = channels.flatMap((channel) => Array.from({ length: view.area }, (_, i) => {
      const unit = { channel, y: Math.floor(i / view.width), x: i % view.width };
      return [channel, unit.y, unit.x, plainNumber(view.value(unit))];
    }));
    saveCsv(this.nameOf(view), head, rows);
  }

  nameOf(view) {
    const part = view.level === "map" ? `${view.channel}` : view.grid.pages > 1 ? `${view.page + 1}` : "";
    return fileName(view.spec.name, part);
  }
}
