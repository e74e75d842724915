// Drawing in stages, once a frame: marks alone, the values below them too, or the layout of everything.
export const STAGES = { mark: 1, paint: 2, layout: 3 };

export class Redrawn {
  pending = 0;
  frame = 0;
  /** When the oldest event happened that is not yet answered, to measure how fast the answer is. @type {number} */
  since = null;

  /** @param {keyof STAGES} what @param {number} [since] */
  later(what, since) {
    this.since ??= since;
    const asked = this.pending;
    this.pending = Math.max(asked, STAGES[what]);
    if (!asked) this.frame = requestAnimationFrame(() => this.redraw());
  }

  /** Draws up to the stage that is pending. */
  redraw() {
    throw new Error("each class draws itself");
  }
}
