// A large map that can be enlarged beyond its stage and moved in it.
import { clamp } from "../../shared/numbers.js";
import { View } from "./view.js";

const LARGEST_CELL = 72;

export class ZoomView extends View {
  /** @type {number} */ height;
  /** @type {number} */ width;
  /** Of the stage. @type {number} */ viewWidth;
  /** @type {number} */ viewHeight;
  /** Column and row in the middle of the stage. @type {number[]} */ centre;
  zoom = 1;

  // The rectangle of the large map on the stage, which it may exceed when enlarged.
  mapRect() {
    const cell = (this.viewWidth / this.width) * this.zoom;
    const [wide, high] = [cell * this.width, cell * this.height];
    const left = clamp(this.viewWidth / 2 - this.centre[0] * cell, this.viewWidth - wide, 0);
    const top = clamp(this.viewHeight / 2 - this.centre[1] * cell, this.viewHeight - high, 0);
    return { left, top, width: wide, height: high, clipWidth: this.viewWidth, clipHeight: this.viewHeight };
  }

  zoomBy(factor, x = this.viewWidth / 2, y = this.viewHeight / 2) {
    const before = this.zoom;
    const most = Math.max(1, (LARGEST_CELL * this.width) / this.viewWidth);
    const rect = this.mapRect();
    const [cellX, cellY] = [((x - rect.left) / rect.width) * this.width, ((y - rect.top) / rect.height) * this.height];
    this.zoom = clamp(this.zoom * factor, 1, most);
    const cell = (this.viewWidth / this.width) * this.zoom;
    this.centre = [cellX - (x - this.viewWidth / 2) / cell, cellY - (y - this.viewHeight / 2) / cell];
    this.clampCentre();
    return this.zoom !== before;
  }

  panBy(dx, dy) {
    const cell = (this.viewWidth / this.width) * this.zoom;
    this.centre = [this.centre[0] - dx / cell, this.centre[1] - dy / cell];
    this.clampCentre();
  }

  // Bring the centre back to where the map fills the stage.
  clampCentre() {
    const rect = this.mapRect();
    const cell = rect.width / this.width;
    this.centre = [(this.viewWidth / 2 - rect.left) / cell, (this.viewHeight / 2 - rect.top) / cell];
  }
}
