// The display in the page's address, so that a link shows what its sender saw; the server is never asked.
import { CHOICES } from "./tools.js";

const USUAL = { sign: "signed", clip: 99, look: "cells", strength: 0.85 };

// `absolute.own.clip95.smooth.strength60`: what differs from the usual, in any order.
export function displayText(settings, range) {
  const parts = [];
  if (settings.sign !== USUAL.sign) parts.push(settings.sign);
  if (settings.range !== range) parts.push(settings.range);
  if (settings.clip !== USUAL.clip) parts.push(`clip${settings.clip}`);
  if (settings.look !== USUAL.look) parts.push(settings.look);
  if (settings.strength !== USUAL.strength) parts.push(`strength${Math.round(100 * settings.strength)}`);
  return parts.join(".");
}

// The settings that a text names; what it does not name, or names wrongly, is as usual.
export function parseDisplay(text) {
  const found = { ...USUAL };
  for (const part of (text ?? "").slice(0, 100).split(".")) {
    const [, kind, number] = /^(clip|strength)(\d{1,3})$/.exec(part) ?? [];
    if (kind === "clip" && CHOICES.clip.includes(Number(number))) found.clip = Number(number);
    else if (kind === "strength" && Number(number) <= 100) found.strength = Number(number) / 100;
    else for (const name of ["sign", "range", "look"]) if (CHOICES[name].includes(part)) found[name] = part;
  }
  return found;
}

export function displayInAddress(name) {
  return parseDisplay(new URLSearchParams(location.search).get(name));
}
