// The display in the page's address, so that a link shows what its sender saw. The server is never asked: whatever
// Streamlit writes into the address of this page gets the display added on its way.
import { CHOICES } from "./tools.js";

const USUAL = { sign: "signed", clip: 99, look: "cells", strength: 0.85 };
const HELD = Symbol.for("cnnviz.display");

// `absolute.own.clip95.smooth.strength60`: what differs from the usual, in any order.
export function written(settings, range) {
  const parts = [];
  if (settings.sign !== USUAL.sign) parts.push(settings.sign);
  if (settings.range !== range) parts.push(settings.range);
  if (settings.clip !== USUAL.clip) parts.push(`clip${settings.clip}`);
  if (settings.look !== USUAL.look) parts.push(settings.look);
  if (settings.strength !== USUAL.strength) parts.push(`strength${Math.round(100 * settings.strength)}`);
  return parts.join(".");
}

// The settings that a text names; what it does not name, or names wrongly, is as usual.
export function read(text) {
  const found = { ...USUAL };
  for (const part of (text ?? "").slice(0, 100).split(".")) {
    const [, kind, number] = /^(clip|strength)(\d{1,3})$/.exec(part) ?? [];
    if (kind === "clip" && CHOICES.clip.includes(Number(number))) found.clip = Number(number);
    else if (kind === "strength" && Number(number) <= 100) found.strength = Number(number) / 100;
    else for (const name of ["sign", "range", "look"]) if (CHOICES[name].includes(part)) found[name] = part;
  }
  return found;
}

export function linked(name) {
  return read(new URLSearchParams(location.search).get(name));
}

// From now on the address of this page says `name=text`, or nothing of it where the text is empty.
export function keep(name, text) {
  if (held().get(name) === text) return;
  held().set(name, text);
  history.replaceState(history.state, "", location.href);
}

export function forget(name) {
  held().delete(name);
}

function held() {
  if (window[HELD]) return window[HELD];
  window[HELD] = new Map();
  for (const way of ["pushState", "replaceState"]) {
    const write = history[way].bind(history);
    history[way] = (state, unused, url) => write(state, unused, completed(url));
  }
  return window[HELD];
}

function completed(url) {
  const target = new URL(url ?? location.href, location.href);
  if (target.pathname !== location.pathname) return url;
  const other = [...window[HELD]].filter(([name, text]) => (target.searchParams.get(name) ?? "") !== text);
  for (const [name, text] of other) {
    if (text) target.searchParams.set(name, text);
    else target.searchParams.delete(name);
  }
  return other.length ? target.href : url;
}
