"""Text from outside, made safe for places that read Markdown."""

import re


def plain(text: str) -> str:
    """`text` from a link or a file as Markdown that shows it letter by letter."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:])", r"\\\1", text)
