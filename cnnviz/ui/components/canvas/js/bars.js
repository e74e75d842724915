// A vector as a list of bars: index or label, bar from zero, value.
import { shortNumber } from "../../shared/numbers.js";

export function drawBar(context, rect, label, value, scale, theme, size) {
  const numbers = 5.5 * size;
  const labels = Math.min(rect.width * 0.4, label.wide ? 120 : 44);
  const [middle, left] = [rect.top + rect.height / 2, rect.left + labels];
  const room = Math.max(10, rect.width - labels - numbers);
  context.textBaseline = "middle";
  context.font = `${size}px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  context.fillText(shorten(context, label.text, labels - 10), left - 8, middle);
  context.fillStyle = theme.track;
  context.fillRect(left, rect.top + 5, room, rect.height - 10);
  const low = Math.min(0, scale.low);
  const high = Math.max(0, scale.high);
  const place = (number) => left + (high > low ? ((number - low) / (high - low)) * room : 0);
  if (Number.isFinite(value)) {
    const [from, to] = [place(0), place(Math.min(Math.max(value, low), high))];
    context.fillStyle = scale.css(value);
    context.fillRect(Math.min(from, to), rect.top + 5, Math.max(1, Math.abs(to - from)), rect.height - 10);
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.strokeRect(Math.min(from, to) + 0.5, rect.top + 5.5, Math.max(1, Math.abs(to - from)) - 1, rect.height - 11);
  }
  context.fillStyle = theme.text;
  context.textAlign = "right";
  context.font = `${size}px ${theme.code}`;
  context.fillText(shortNumber(value, 4), rect.left + rect.width - 4, middle);
}

function shorten(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let cut = text.length;
  while (cut > 1 && context.measureText(`${text.slice(0, cut)}…`).width > room) cut -= 1;
  return `${text.slice(0, cut)}…`;
}
