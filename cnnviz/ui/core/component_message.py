"""A message to a component: a JSON header and the bytes of arrays, as `components/shared/message.js` takes it apart."""

import json


def pack_message(header: object, *values: bytes) -> bytes:
    """Return one message: the length of the header, the header, and the values from a multiple of four on."""
    text = json.dumps(header).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, bytes(-(4 + len(text)) % 4), *values])
