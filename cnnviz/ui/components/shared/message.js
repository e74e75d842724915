// A message of the server: the length of a JSON header, the header, and values from the next multiple of four on.
/** @param {Uint8Array} message */
export function unpackMessage(message) {
  const { buffer } = message.slice(); // of its own, so that the values begin at a multiple of four
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { header, buffer, start: 4 * Math.ceil((4 + length) / 4) };
}
