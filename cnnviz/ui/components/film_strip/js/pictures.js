// The small pictures of a film strip, kept under their digest for the strips that name it.
import { keep } from "./store.js";

export default function ({ data }) {
  const digest = new TextDecoder().decode(data.subarray(0, 16));
  keep(digest, () => {
    const blob = data.slice(16);
    const length = new DataView(blob.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(blob.subarray(4, 4 + length)));
    return { header, values: new Int8Array(blob.buffer, 4 + length) };
  });
}
