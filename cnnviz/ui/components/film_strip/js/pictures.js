// The small pictures of a film strip, kept under their digest for the strips that name it.
import { unpackMessage } from "../../shared/message.js";
import { keep } from "./store.js";

export default function ({ data }) {
  const digest = new TextDecoder().decode(data.subarray(0, 16));
  keep(digest, () => {
    const { header, buffer, start } = unpackMessage(data.subarray(16));
    return { header, values: new Int8Array(buffer, start) };
  });
}
