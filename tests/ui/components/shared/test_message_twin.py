"""`shared/message.js` takes apart what `core/component_message.py` packs."""

import base64
import json

import numpy as np
import pytest

from cnnviz.ui.core.component_message import pack_message
from tests.node import evaluate

HEADERS = [{"words": words} for words in ("", "a", "ab", "abc", "abcd", "数字")]
VALUES = np.array([1.5, -2.0, 3.25], "<f4")
SCRIPT = """
    const { unpackMessage } = await load("components/shared/message.js");
    return data.map((text) => {
      const bytes = new Uint8Array([7, ...Buffer.from(text, "base64")]).subarray(1); // at an odd place of its buffer
      const { header, buffer, start } = unpackMessage(bytes);
      return [header, [...new Float32Array(buffer, start)]];
    });"""


@pytest.mark.parametrize("header", HEADERS)
def test_a_message_holds_its_header_and_then_its_values(header: dict[str, str]) -> None:
    message = pack_message(header, VALUES[:1].tobytes(), VALUES[1:].tobytes())
    length = int.from_bytes(message[:4], "little")
    assert json.loads(message[4 : 4 + length]) == header
    start = -(-(4 + length) // 4) * 4
    assert message[start:] == VALUES.tobytes()


def test_the_browser_reads_the_same_header_and_values() -> None:
    messages = [base64.b64encode(pack_message(header, VALUES.tobytes())).decode() for header in HEADERS]
    assert evaluate(SCRIPT, messages) == [[header, VALUES.tolist()] for header in HEADERS]
