"""The QR code of a link."""

import segno

LONGEST_QR = 600
"""Characters of a link: the squares of a code for more are too small for a phone at the back of a room."""


def qr_code(link: str) -> str:
    """Return a QR code of `link` as an SVG image in a `data:` address."""
    return segno.make_qr(link, error="l").svg_data_uri(scale=6, border=2, light="#fff", dark="#000")
