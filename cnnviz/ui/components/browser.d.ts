// The shapes that travel between the scripts of the browser, for `tsc`, which checks them; nothing of it is served.

/** Set by `component_files.py` before a script that it sends in a message. */
declare const FILES: string;
declare const SCRIPT: string;
declare const STYLES: string[];

interface Window {
  [place: symbol]: any;
}

interface HTMLCanvasElement {
  /** Draws what the canvas shows as SVG elements, for a figure. */
  drawFigure?: (add: (tag: string, attributes: Record<string, unknown>, text?: string) => void) => void;
}

/** What Streamlit calls the default export of a component with, at each run, theme and change of data. */
interface Mounted<Data = any> {
  data: Data;
  parentElement: HTMLElement & ShadowRoot;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

type Send = (name: string, value: unknown) => void;
type Words = Record<string, string>;
type Word = (name: string, values?: Record<string, unknown>) => string;
type Theme = ReturnType<typeof import("./shared/dom.js").themeOf>;

/** In CSS pixels. */
interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
  clipWidth?: number;
  clipHeight?: number;
}

/** Rows and columns of pixels, both ends inside. */
interface Box {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** A place in an image or a grid. */
interface Place {
  y: number;
  x: number;
}

/** A value of a tensor (C, H, W). */
interface Unit extends Place {
  channel: number;
}

interface Pin extends Unit {
  panel: string;
}

/** A receptive field as `trace.ReceptiveField` has it: pairs are height and width. */
interface Field {
  extent: "window" | "global" | "unknown";
  size: [number, number] | null;
  stride: [number, number] | null;
  start: [number, number] | null;
  spans: [[number, number][], [number, number][]] | null;
  dense?: boolean;
  reason?: string;
}

/** A panel of the canvas in the header that `canvas_payload.py` packs. */
interface PanelSpec {
  kind: "maps" | "image" | "filters";
  name: string;
  title: string;
  shape: [number, number, number];
  dims: number[];
  tensor: string;
  signed?: boolean;
  labels?: string[];
  field?: Field | null;
  ranges?: Record<string, [number, number]>;
  flat?: boolean;
  first?: number;
  byte?: boolean;
  low?: number;
  high?: number;
  heat?: { tensor: string; title: string; signed: boolean } | null;
  matrix?: boolean;
  filters?: number;
  inputs?: number;
}

interface CanvasHeader {
  panels: PanelSpec[];
  words: Words;
  language: string;
  pin: Pin | null;
  given: Pin | null;
  serial: number;
  covered: boolean;
  figure: FigureData | null;
}

/** What the button "Figure" says and makes, as `figure_button.py` writes it. */
interface FigureData {
  name: string;
  caption: string;
  button: string;
  help: string;
  language: string;
  forms: Record<string, string>;
  /** Made by the server, where one was asked for. */
  file: { serial: string; name: string; kind: string; bytes: string } | null;
}

/** A map of the overlays: (height, width) signed values over an image of `pixels` pixels. */
interface OverlayMap {
  height: number;
  width: number;
  values: Float32Array;
  cells: number;
  pixels: number;
  total: number;
  odd: number;
  low: number;
  high: number;
}

/** A window along one axis of a grid, as `ops.window.Axis` has it. */
interface Axis {
  taps: number;
  stride: number;
  before: number;
  dilation: number;
  length: number;
  units: number;
}

/** A cell of a grid of the operations page. */
interface Cell extends Place {
  plane: number;
}
